type Values = Readonly<Record<string, number | string | readonly string[]>>;

const KEY_SOURCES = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS'] as const;
/** RFC 7518 section 3.2: a key for HS256 is at least as long as its hash. */
const SECRET_BYTES = 32;

/** What is wrong with the settings of sign-in together, a line each. */
export function signInProblems(values: Values): string[] {
  const given = KEY_SOURCES.filter((name) => text(values, name) !== '');
  if (values.AUTH !== 'jwt') return guestProblems(values, given);
  const problems: string[] = [];
  if (given.length === 0) problems.push(`AUTH=jwt: needs one of ${KEY_SOURCES.join(', ')}`);
  if (given.length > 1) problems.push(`AUTH=jwt: has several keys, ${given.join(' and ')}; only one can count`);
  const secret = text(values, 'JWT_SECRET');
  if (secret !== '' && Buffer.byteLength(secret) < SECRET_BYTES)
    problems.push(`JWT_SECRET=(hidden): must have at least ${SECRET_BYTES} bytes`);
  const origins = list(values, 'ALLOWED_ORIGINS');
  if (text(values, 'JWT_COOKIE') !== '' && origins.includes('*'))
    problems.push('JWT_COOKIE: cannot go with ALLOWED_ORIGINS=*, since any site could then act as your users');
  return [...problems, ...algorithmProblems(values, given)];
}

/** Whoever sets a key means that users sign in: without AUTH=jwt nobody would have to. */
function guestProblems(values: Values, given: readonly string[]): string[] {
  if (values.AUTH === undefined) return [];
  const anonymous = values.AUTH_ANONYMOUS_READ === 'on' ? ['AUTH_ANONYMOUS_READ'] : [];
  return [...given, ...anonymous].map((name) => `${name}: means nothing without AUTH=jwt`);
}

/** A public key is no secret: where it could stand for one, anybody could sign. */
function algorithmProblems(values: Values, given: readonly string[]): string[] {
  const algorithms = list(values, 'JWT_ALGORITHMS');
  const symmetric = given.includes('JWT_SECRET');
  return algorithms
    .filter((algorithm) => given.length === 1 && (algorithm === 'HS256') !== symmetric)
    .map((algorithm) => `JWT_ALGORITHMS=${algorithm}: cannot go with ${given[0]}`);
}

function text(values: Values, name: string): string {
  return String(values[name] ?? '');
}

function list(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value : [];
}
