/** Headers whose whole value is a secret. */
const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|.*(?:token|secret|password|api-key).*)$/i;
const PARAMETER = /((?:access_token|lab)=)[^&\s"'\\]+/gi;
/** A JWT begins with the base64 of `{"`. */
const JWT = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const NAMES = String.raw`(?:passcode|authorization|[\w-]*(?:token|secret|password)[\w-]*)`;
/** A header of a STOMP frame: its value ends with its line. */
const STOMP_HEADER = new RegExp(String.raw`((?:^|\n)${NAMES}[ \t]*:)([^\r\n\0]*)`, 'gi');
/** The same within the strings of JSON, as SockJS sends frames: the line ends with the two characters `\n`. */
const JSON_HEADER = new RegExp(String.raw`((?:\\n|")${NAMES}[ \t]*:)((?:[^\\"]|\\[^n])*)`, 'gi');

/** The head of an HTTP message without what is secret in it. */
export function withoutSecrets(head: string): string {
  const [start = '', ...lines] = head.split('\r\n');
  const safe = lines.map((line) => {
    const name = line.slice(0, Math.max(0, line.indexOf(':')));
    return SECRET_HEADER.test(name) && name !== '' ? `${name}: (hidden)` : plain(line);
  });
  return [plain(start), ...safe].join('\r\n');
}

function plain(line: string): string {
  return line.replaceAll(PARAMETER, '$1(hidden)').replaceAll(JWT, '(token)');
}

/**
 * Bytes of a message in which each secret is as many asterisks, so that every length stays true. Returns the same bytes where
 * there is none.
 */
export function starred(payload: Buffer): Buffer {
  // One character a byte: what is replaced is as long as before.
  const text = payload.toString('latin1');
  const stars = (_all: string, name: string, value: string): string => name + '*'.repeat(value.length);
  const safe = text
    .replaceAll(STOMP_HEADER, stars)
    .replaceAll(JSON_HEADER, stars)
    .replaceAll(JWT, (token) => '*'.repeat(token.length))
    .replaceAll(/(access_token=)([^&\s"'\\]+)/gi, stars);
  return safe === text ? payload : Buffer.from(safe, 'latin1');
}
