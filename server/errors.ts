/**
 * The closed table of what can be refused. `status` is the HTTP status of the same refusal over REST, and `fatal` says
 * whether a STOMP session ends with it (protocol errors) or goes on (what a user can do wrong while chatting).
 * `docs/reference/errors.md` is generated from this table.
 */
export const errorTable = {
  'invalid-json': { status: 400, fatal: false, text: 'The body is not valid JSON.' },
  'invalid-message': {
    status: 400,
    fatal: false,
    text: 'A field of the body is missing, of the wrong type, or too long; the message names it.',
  },
  'invalid-parameter': {
    status: 400,
    fatal: false,
    text: 'A query parameter or header has a wrong value; the message names it.',
  },
  'id-conflict': {
    status: 409,
    fatal: false,
    text: 'The same room, sender and id were already used with other content.',
  },
  'unknown-room': { status: 404, fatal: false, text: 'There is no such room.' },
  'unknown-symbol': { status: 404, fatal: false, text: 'There is no such symbol.' },
  'unknown-stream': { status: 404, fatal: false, text: 'There is no such stream.' },
  'unknown-destination': { status: 404, fatal: false, text: 'Nothing listens at this destination.' },
  'not-writable': { status: 403, fatal: false, text: 'Clients may not send to this destination.' },
  'not-readable': { status: 403, fatal: false, text: 'Clients may not subscribe to this destination.' },
  'position-unknown': { status: 400, fatal: false, text: 'The position is above the head of the stream.' },
  'too-many-subscriptions': { status: 429, fatal: false, text: 'The session holds as many subscriptions as it may.' },
  'too-fast': {
    status: 429,
    fatal: false,
    text: 'More than the limit allows in this time; the message names the limit. Nothing was done; try again later.',
  },
  'too-many-connections': { status: 429, fatal: true, text: 'The address holds as many connections as it may.' },
  'server-full': { status: 503, fatal: true, text: 'The server holds as many connections as it may; connect later.' },
  'headers-too-large': { status: 431, fatal: false, text: 'The headers of the request are too large or too many.' },
  'too-many-sessions': { status: 429, fatal: false, text: 'There are as many SockJS sessions as there may be.' },
  'worker-gone': {
    status: 502,
    fatal: false,
    text: 'The process that had this SockJS session does not answer; connect again.',
  },
  muted: { status: 403, fatal: false, text: 'A moderator has muted you for a time; the message says for how long.' },
  'slow-mode': {
    status: 429,
    fatal: false,
    text: 'The room is in slow mode, and your last message is too near; the message says how long to wait.',
  },
  'room-closed': {
    status: 403,
    fatal: false,
    text: 'The room is closed: it can be read, and only moderators may send.',
  },
  'word-refused': { status: 400, fatal: false, text: 'The message or the name holds a word that is not allowed here.' },
  'no-such-message': {
    status: 404,
    fatal: false,
    text: 'The room has no message of this seq, or does not keep it any more.',
  },
  'too-many-rules': { status: 409, fatal: false, text: 'There are as many mutes or words as there may be.' },
  'export-busy': {
    status: 429,
    fatal: false,
    text: 'An export is under way on this instance; there is one at a time.',
  },
  'store-down': {
    status: 503,
    fatal: false,
    text: 'The message store does not answer, or cannot write; nothing was stored.',
  },
  'store-unknown': {
    status: 503,
    fatal: false,
    text: 'It is not known whether the message was stored; send it again with the same id.',
  },
  stopping: { status: 503, fatal: false, text: 'The server is stopping; connect again.' },
  'origin-refused': { status: 403, fatal: true, text: 'Pages of this origin may not connect.' },
  'lab-taken': { status: 409, fatal: false, text: 'Somebody watches under this token already.' },
  'lab-full': { status: 429, fatal: false, text: 'As many watch in the Protocol Lab as may.' },
  'not-found': { status: 404, fatal: false, text: 'There is nothing at this path.' },
  'method-not-allowed': {
    status: 405,
    fatal: false,
    text: 'The path does not know this method; see the Allow header.',
  },
  'unsupported-media-type': { status: 415, fatal: false, text: 'The body must be application/json.' },
  'upgrade-required': {
    status: 426,
    fatal: false,
    text: 'This path is for WebSocket connections; see the Upgrade header.',
  },
  'invalid-request': { status: 400, fatal: false, text: 'The request is not valid HTTP.' },
  'too-large': { status: 413, fatal: true, text: 'A frame or body is larger than its limit.' },
  'invalid-frame': {
    status: 400,
    fatal: true,
    text: 'The bytes are not a STOMP frame; the message names what is wrong.',
  },
  'unexpected-frame': { status: 400, fatal: true, text: 'The command is not known or not allowed in this state.' },
  'missing-header': {
    status: 400,
    fatal: true,
    text: 'A header that the command needs is missing; the message names it.',
  },
  'unsupported-version': { status: 400, fatal: true, text: 'None of the offered STOMP versions is spoken here.' },
  'duplicate-subscription': { status: 400, fatal: true, text: 'The subscription id is in use in this session.' },
  'unknown-subscription': { status: 400, fatal: true, text: 'The session has no subscription of this id.' },
  'unknown-message': {
    status: 400,
    fatal: false,
    text: 'An acknowledgement names no message that was sent to this session.',
  },
  'duplicate-transaction': { status: 400, fatal: true, text: 'The transaction id is in use in this session.' },
  'unknown-transaction': { status: 400, fatal: true, text: 'The session has no open transaction of this id.' },
  'too-many-transactions': { status: 429, fatal: false, text: 'The session has as many open transactions as it may.' },
  'transaction-too-large': {
    status: 413,
    fatal: false,
    text: 'The transaction has more frames or bytes than it may; nothing of it is done.',
  },
  'transaction-refused': {
    status: 409,
    fatal: false,
    text: 'A frame of the transaction was refused, so nothing of it is done; begin another one.',
  },
  timeout: { status: 408, fatal: true, text: 'The client was silent for too long.' },
  'too-slow': { status: 408, fatal: true, text: 'The client took no byte for too long.' },
  'closed-by-operator': { status: 403, fatal: true, text: 'An operator of this server closed the connection.' },
  'ops-off': {
    status: 403,
    fatal: false,
    text: 'Without ADMIN_TOKEN the operator’s view answers only this machine itself, by localhost and not through a proxy.',
  },
  'unknown-client': { status: 404, fatal: false, text: 'There is no such client, or it has left.' },
  'unknown-instance': { status: 404, fatal: false, text: 'There is no such instance, or it does not answer.' },
  'no-chat': { status: 409, fatal: false, text: 'This instance serves no clients, so it has no chat to moderate.' },
  'no-source': { status: 409, fatal: false, text: 'This instance has no market source to pause.' },
  'sign-in-needed': { status: 401, fatal: true, text: 'This server asks for a token, and none came.' },
  'token-invalid': { status: 401, fatal: true, text: 'The token is not accepted; the message says why.' },
  'token-expired': { status: 401, fatal: true, text: 'The token has expired; sign in with a new one.' },
  'sign-in-down': { status: 503, fatal: true, text: 'Tokens cannot be checked now; try again later.' },
  'renewal-refused': {
    status: 401,
    fatal: false,
    text: 'The new token was not taken; the session goes on with the one that it has.',
  },
  'scope-missing': { status: 403, fatal: false, text: 'The token does not have the scope that this needs.' },
  internal: { status: 500, fatal: false, text: 'The server failed; the log says why.' },
} as const satisfies Record<string, { status: number; fatal: boolean; text: string }>;

export type ErrorCode = keyof typeof errorTable;

/** What a client asked for and does not get. The message is for that client: it names the limit or the field. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  /** In how many seconds it is worth to try again, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    message: string = errorTable[code].text,
    options?: ErrorOptions & { readonly retryAfter?: number },
  ) {
    super(message, options);
    this.name = 'Refusal';
    this.code = code;
    this.retryAfter = options?.retryAfter;
  }

  /** Headers that the answer has over HTTP, besides those of every refusal. */
  get headers(): Readonly<Record<string, string>> {
    const challenge = challenges[this.code];
    return {
      ...(this.retryAfter !== undefined && { 'Retry-After': `${this.retryAfter}` }),
      ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
    };
  }
}

/** RFC 6750 section 3: no error where no token came. */
const challenges: { readonly [Code in ErrorCode]?: string } = {
  'sign-in-needed': 'Bearer',
  'token-invalid': 'Bearer error="invalid_token"',
  'token-expired': 'Bearer error="invalid_token", error_description="The token has expired."',
  'scope-missing': 'Bearer error="insufficient_scope"',
};

/** Any thrown value as a refusal: what is not one already becomes `internal`, which tells a client nothing. */
export function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal('internal', undefined, { cause: error });
}
