/** An error of the library as far as it is looked at here: it nests others, and names what the broker said. */
interface Nested {
  readonly code?: unknown;
  readonly apiId?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** What errors are told apart by. Brokers' own codes are Kafka's names, such as `NOT_LEADER_OR_FOLLOWER`. */
const NO_TOPIC_RIGHT = 'TOPIC_AUTHORIZATION_FAILED';
const NO_CLUSTER_RIGHT = 'CLUSTER_AUTHORIZATION_FAILED';
const NO_GROUP_RIGHT = 'GROUP_AUTHORIZATION_FAILED';
const WRONG_PASSWORD = 'SASL_AUTHENTICATION_FAILED';
const OTHER_MECHANISMS = ['UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'];
const TOO_OLD = ['UNSUPPORTED_VERSION', 'PLT_KFK_UNSUPPORTED_API'];
/** Errors of the network and answers of a broker: everything else came from reading what it sent. */
const ANSWERS = /^PLT_KFK_(?:NETWORK|TIMEOUT|RESPONSE|PROTOCOL|AUTHENTICATION|USER|MULTIPLE)$/;
const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(?:GET|VERIFY))/;

/** An error and everything nested in it. */
function allErrors(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const { cause, errors }: Nested = error;
  const inner = Array.isArray(errors) ? errors : [];
  return [error, ...[...inner, cause].flatMap(allErrors)];
}

/** The codes of an error and of everything nested in it: Kafka's, the library's and Node's. */
export function codesOf(error: unknown): string[] {
  return allErrors(error)
    .flatMap(({ code, apiId }: Nested) => [code, apiId])
    .filter((code) => typeof code === 'string');
}

/** Whether the bytes that a broker sent could not be understood: asking again would bring the same ones. */
export function isUnreadable(error: unknown): boolean {
  return !codesOf(error).some((code) => ANSWERS.test(code) || /^E[A-Z]+$/.test(code));
}

/** The innermost sentence: the outer ones only say what was tried. */
export function reasonOf(error: unknown): string {
  return allErrors(error).at(-1)?.message ?? String(error);
}

/** What may be behind words of the network, where Kafka says nothing. */
const GUESSES: Readonly<Record<string, string>> = {
  'Connection closed': 'perhaps this port wants SASL or TLS, or is not that of a broker',
  'Client network socket disconnected before secure TLS connection was established':
    'perhaps no TLS is spoken at this port',
};

/** Why a broker cannot be asked, and what that may mean. */
export function guessOf(error: unknown): string {
  const reason = reasonOf(error);
  const guess = GUESSES[reason];
  return guess === undefined ? reason : `${reason}: ${guess}`;
}

export interface Wanted {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group?: string;
  /** What is needed of the topic, besides creating it. */
  readonly rights?: string;
}

/**
 * What the operator has to do before Kafka takes us, as one sentence; `undefined` where waiting may help. It never holds a
 * password.
 */
export function refusalOf(error: unknown, wanted: Wanted): string | undefined {
  const { brokers, topic, group, rights = 'Describe, Read and Write' } = wanted;
  const at = `Kafka at ${brokers.join(', ')}`;
  const codes = codesOf(error);
  const messages = allErrors(error).map(({ message }) => message);
  if (codes.includes(WRONG_PASSWORD))
    return `${at} refuses the user name or the password: check both, and the mechanism.`;
  if (OTHER_MECHANISMS.some((code) => codes.includes(code)))
    return `${at} does not offer this way to log in: check the SASL mechanism and that the port is one with SASL.`;
  if (messages.includes('Broker requires TLS.'))
    return `${at} speaks TLS at this port: switch TLS on, or name its plain port.`;
  if (codes.some((code) => CERTIFICATE.test(code)))
    return `${at} shows a certificate that is not trusted (${reasonOf(error)}): name the file of its authority by NODE_EXTRA_CA_CERTS, or the right host.`;
  if (codes.includes(NO_TOPIC_RIGHT) || codes.includes(NO_CLUSTER_RIGHT))
    return `${at} does not allow this user to use or create the topic ${topic}: grant ${rights} on it (and Create, or create it).`;
  if (codes.includes(NO_GROUP_RIGHT))
    return `${at} does not allow this user to join the group ${group}: grant Read on it.`;
  if (TOO_OLD.some((code) => codes.includes(code)))
    return `${at} is too old, or a controller: a broker of Kafka 3.1 or newer is needed.`;
  return undefined;
}
