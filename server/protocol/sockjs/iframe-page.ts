/**
 * The page by which a site of another origin talks to us in a frame (`IframePage` of the newest edition of sockjs-protocol:
 * exactly this but for the address of the script; that of 0.3.3 loaded the script last, and current clients read both).
 */
export function iframePage(scriptUrl: string): string {
  return `<!DOCTYPE html>
<html>
<head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
  <script src="${scriptUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></script>
  <script>
    document.domain = document.domain;
    SockJS.bootstrap_iframe();
  </script>
</head>
<body>
  <h2>Don't panic!</h2>
  <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
</body>
</html>`;
}
