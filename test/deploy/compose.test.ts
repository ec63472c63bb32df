import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';
import { loadSettings } from '../../server/config/load.ts';
import { settings } from '../../server/config/settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'compose.yaml'), 'utf8');

/** What the tests look at; that it has this shape, the schema says. */
interface Service {
  readonly image: string;
  readonly build?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}
const compose = parse(text, { merge: true }) as Compose; // checked by the first test
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);

/** What the linter's own types would say, if they could be found from an ES module. */
interface Result {
  readonly messages: readonly { readonly line: number; readonly rule: string; readonly message: string }[];
}

/** Rules of taste about order and names; what is wrong stays on. */
const off = [
  'service-keys-order',
  'services-alphabetical-order',
  'top-level-properties-order',
  'no-build-and-image',
  'no-unbound-port-interfaces',
  'require-project-name-field',
];
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-compose-'));
});

after(() => rm(folder, { recursive: true, force: true }));

/** What the schema of the compose specification and the linter say about a compose file. */
async function complaints(content: string): Promise<string[]> {
  const file = join(folder, 'compose.yaml');
  await writeFile(file, content);
  const rules = Object.fromEntries(off.map((rule) => [rule, 0 as const]));
  const results: readonly Result[] = new DCLinter({ rules, quiet: true, debug: false, exclude: [] }).lintFiles(
    [file],
    false,
  );
  return results.flatMap(({ messages }) => messages.map(({ line, rule, message }) => `${line} ${rule}: ${message}`));
}

/** `${NAME:-default}` as it is where nothing is set. */
function withDefaults(value: string | number): string {
  return `${value}`.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

test('compose.yaml is what the compose specification says', async () => {
  assert.deepEqual(await complaints(text), []);
});

test('a misspelt key or condition would be found', async () => {
  assert.notDeepEqual(await complaints(text.replace('healthcheck:', 'healthchek:')), []);
  assert.notDeepEqual(await complaints(text.replace('condition: service_healthy', 'condition: service_heathy')), []);
});

test('whoever is waited for is there and has a health check', () => {
  for (const [name, { depends_on = {} }] of services)
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      assert.ok(compose.services[needed]?.healthcheck, `${name} waits for ${needed}`);
      assert.equal(condition, 'service_healthy');
    }
});

test('files and volumes that are mounted are there', () => {
  for (const [name, { volumes = [] }] of services)
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      assert.ok(
        source.startsWith('.') ? existsSync(join(ROOT, source)) : source in compose.volumes,
        `${name}: ${source}`,
      );
    }
});

test('three instances and a feed get settings that the server knows and takes', () => {
  const roles = ours.map(([, { environment }]) => environment?.ROLE);
  assert.deepEqual(roles.toSorted(), ['app', 'app', 'app', 'feed']);
  for (const [name, { environment = {} }] of ours) {
    for (const variable of Object.keys(environment)) assert.ok(variable in settings, `${name}: ${variable}`);
    const values = Object.entries(environment).map(([variable, value]) => [variable, withDefaults(value)]);
    assert.equal(loadSettings(Object.fromEntries(values)).problems, undefined, name);
  }
});

test('each engine is reached by the name and port of a service', () => {
  for (const [name, { environment = {} }] of ours) {
    const hosts = Object.entries(environment).flatMap(([variable, value]) =>
      /_URL$|_BROKERS$/.test(variable)
        ? (/([\w-]+):\d+/.exec(withDefaults(value).split('@').pop() ?? '')?.[1] ?? [])
        : [],
    );
    assert.ok(hosts.includes('kafka'), name);
    for (const host of hosts) assert.ok(host in compose.services, `${name}: ${host}`);
  }
});

test('only the proxy is reached from outside', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port] as const));
  const outside = published.filter(([, port]) => !port.startsWith('127.0.0.1:')).map(([name]) => name);
  assert.deepEqual(outside, ['proxy']);
});

test('every image has a version', () => {
  for (const [name, { image, build }] of services) if (build === undefined) assert.match(image, /:v?\d/, name);
});
