import { type Setting, type Settings, settings as table } from '../config/settings.ts';

/** Shorter ones would be found in every word. */
const SHORTEST = 3;
/** What stands between `://` and the last `@` before the host, and what a query gives to names that say so. */
const CREDENTIALS = /:\/\/(?<user>[^/?#:@]*)(?::(?<password>[^/?#]*))?@/;
const PARAMETERS = /[?&][^=&]*password=(?<value>[^&]*)/gi;

/** Takes every password of the settings out of a text, whoever wrote it in: a driver's message may repeat one. */
export function withoutSecrets(settings: Settings): (text: string) => string {
  const secrets = Object.entries<Setting>(table)
    .filter(([, { secret }]) => secret === true)
    // The table names exactly the settings.
    .flatMap(([name]) => secretsIn(String(settings[name as keyof Settings])))
    .flatMap((secret) => [secret, decoded(secret)])
    .filter((secret) => secret.length >= SHORTEST);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), text);
}

/** The passwords of a URL, and all of it where it has some; of anything else, all of it. */
function secretsIn(value: string): string[] {
  if (!value.includes('://')) return [value];
  const { password = '' } = CREDENTIALS.exec(value)?.groups ?? {};
  const parameters = [...value.matchAll(PARAMETERS)].map(({ groups }) => groups?.value ?? '');
  const passwords = [password, ...parameters].filter((each) => each !== '');
  return passwords.length === 0 ? [] : [value, ...passwords];
}

function decoded(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}
