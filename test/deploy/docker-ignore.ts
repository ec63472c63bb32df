/**
 * Whether a file gets from the project to the builder, by the rules of `.dockerignore`: a pattern means a file or folder with all
 * that is in it, `!` takes back, and the last one that fits decides.
 */
export function getsToBuilder(ignoreFile: string, path: string): boolean {
  let kept = true;
  for (const line of ignoreFile.split('\n')) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const takesBack = text.startsWith('!');
    if (fits(path, takesBack ? text.slice(1) : text)) kept = takesBack;
  }
  return kept;
}

function fits(path: string, pattern: string): boolean {
  const parts = path.split('/');
  const whole = expressionOf(pattern);
  return parts.some((_part, index) => whole.test(parts.slice(0, index + 1).join('/')));
}

/** Docker's `*` means names that begin with a dot, too, which the globs of Node do not. */
function expressionOf(pattern: string): RegExp {
  const plain = pattern.replaceAll(/[.+^$()|[\]{}\\]/g, String.raw`\$&`);
  const wild = plain
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '(?:.*/)?');
  return new RegExp(`^${wild}$`);
}
