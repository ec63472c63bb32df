const PARAMETER = /(access_token=)[^&\s"'\\]+/gi;
/** A JWT begins with the base64 of `{"`. What stands before it keeps a long line from being looked through many times. */
const JWT = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** A line of the log without tokens, wherever in it they stand: a URL, the message of an error, a stack. */
export function withoutTokens(line: string): string {
  return line.replaceAll(PARAMETER, '$1(hidden)').replaceAll(JWT, '(token)');
}
