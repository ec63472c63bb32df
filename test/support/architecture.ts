import { posix } from 'node:path';

/** A source file: its path below `server/`, with slashes, and what it says. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A folder of `server/` that has a place in the order of things; `leaves` and `ports` are files and not folders. */
type Layer =
  | 'leaves'
  | 'config'
  | 'protocol'
  | 'limits'
  | 'auth'
  | 'hub'
  | 'session'
  | 'transports'
  | 'ports'
  | 'engines'
  | 'chat'
  | 'market'
  | 'streams'
  | 'destinations'
  | 'http'
  | 'lab'
  | 'tracing'
  | 'doctor'
  | 'ops'
  | 'root';

/** What each layer may import of ours, besides itself. */
const directions: Readonly<Record<Exclude<Layer, 'root'>, readonly Layer[]>> = {
  leaves: [],
  config: ['leaves'],
  protocol: [],
  limits: ['leaves'],
  auth: ['limits', 'leaves'],
  hub: ['protocol', 'leaves'],
  session: ['auth', 'limits', 'hub', 'protocol', 'leaves'],
  transports: ['session', 'auth', 'limits', 'hub', 'protocol', 'leaves'],
  ports: ['leaves'],
  engines: ['ports', 'leaves'],
  chat: ['hub', 'protocol', 'ports', 'leaves'],
  market: ['hub', 'protocol', 'ports', 'leaves'],
  streams: ['hub', 'ports', 'leaves'],
  destinations: ['session', 'chat', 'market', 'streams', 'auth', 'hub', 'protocol', 'leaves'],
  lab: ['leaves'],
  tracing: ['leaves'],
  http: ['lab', 'chat', 'market', 'streams', 'auth', 'limits', 'hub', 'ports', 'config', 'leaves'],
  ops: ['http', 'chat', 'hub', 'limits', 'ports', 'leaves'],
  doctor: ['engines', 'config', 'leaves'],
};
const LEAVES = ['clock.ts', 'errors.ts', 'histogram.ts', 'log.ts', 'name.ts', 'tracer.ts'];
const ROOTS = [
  'app.ts',
  'doctor.ts',
  'drainer.ts',
  'handed-over.ts',
  'instance-metrics.ts',
  'main.ts',
  'open-candles.ts',
  'open-chat.ts',
  'open-endpoints.ts',
  'open-engines.ts',
  'open-hub.ts',
  'open-market.ts',
  'open-ops.ts',
  'open-source.ts',
  'open-streams.ts',
  'open-tracer.ts',
  'socket-folder.ts',
  'start.ts',
  'worker.ts',
  'workers.ts',
];
/** These make values out of bytes and bytes out of values, or count: of packages they need none. */
const PACKAGELESS: readonly Layer[] = ['leaves', 'protocol', 'hub'];

/** What only the composition root, the clock and the entry of a thread may touch; everything else is handed it. */
const handedIn: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['the environment', /\bprocess\.env\b/],
  ['the console', /\bconsole\./],
  ['the time', /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/],
  ['a timer', /(?<!\.)\bset(?:Timeout|Interval|Immediate)\(/],
  ['randomness', /\bMath\.random\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/],
];
const MAY_TOUCH = [...ROOTS, 'clock.ts'];
const MOST_LINES = 400;

/** Everything in these files that is against the rules of the architecture, a line each. */
export function violations(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => [...wrongImports(source), ...wrongHabits(source)]);
}

function wrongImports({ path, text }: Source): string[] {
  const layer = layerOf(path);
  if (layer === undefined) return [`${path}: has no place in the architecture`];
  if (layer === 'root') return [];
  const wrong: string[] = [];
  for (const { target, typeOnly } of importsOf(text)) {
    if (target.startsWith('node:')) continue;
    if (!target.startsWith('.')) {
      if (PACKAGELESS.includes(layer)) wrong.push(`${path}: imports the package ${target}`);
      continue;
    }
    const imported = posix.join(posix.dirname(path), target);
    if (!mayImport(path, layer, imported)) wrong.push(`${path}: imports ${imported}`);
    else if (layer === 'destinations' && layerOf(imported) === 'session' && !typeOnly)
      wrong.push(`${path}: imports more than types of ${imported}`);
  }
  return wrong;
}

function mayImport(path: string, layer: Exclude<Layer, 'root'>, imported: string): boolean {
  const other = layerOf(imported);
  if (other === undefined || other === 'root') return false;
  // One engine knows nothing of another.
  if (layer === 'engines' && other === 'engines') return posix.dirname(path) === posix.dirname(imported);
  return other === layer || directions[layer].includes(other);
}

function wrongHabits({ path, text }: Source): string[] {
  const code = withoutComments(text);
  const wrong: string[] = [];
  const entryOfThread = /\bworkerData\b.*from 'node:worker_threads'/.test(code);
  if (!MAY_TOUCH.includes(path) && !entryOfThread) {
    for (const [what, pattern] of handedIn) if (pattern.test(code)) wrong.push(`${path}: takes ${what} by itself`);
  }
  if (/^export default\b/m.test(code)) wrong.push(`${path}: has a default export`);
  if (/^(?:export )?(?:let|var) /m.test(code)) wrong.push(`${path}: keeps state in the module`);
  if (/^export \* from/m.test(code) || /(?:^|\/)(?:index|utils?|helpers?)\.ts$/.test(path))
    wrong.push(`${path}: is a drawer for things and not one thing`);
  if (text.split('\n').length > MOST_LINES) wrong.push(`${path}: has more than ${MOST_LINES} lines`);
  return wrong;
}

function layerOf(path: string): Layer | undefined {
  if (LEAVES.includes(path)) return 'leaves';
  if (ROOTS.includes(path)) return 'root';
  const [folder = '', ...rest] = path.split('/');
  if (folder === 'engines') return rest.length > 1 ? 'engines' : 'ports';
  // A folder is a layer exactly where the table has it.
  return rest.length > 0 && Object.hasOwn(directions, folder) ? (folder as Layer) : undefined;
}

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

/** `import … from`, `export … from`, `import '…'`, `import('…')`, and the file of a thread. */
const importing = [
  /^(?:import|export)(?<type>\s+type)?\b[^'";]*?\bfrom\s+'(?<target>[^']+)'/gm,
  /\bimport\s*\(?\s*'(?<target>[^']+)'/g,
  /\bnew URL\('(?<target>\.[^']+)', import\.meta\.url\)/g,
];

function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  return importing
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .map(({ groups = {} }) => ({ target: groups.target ?? '', typeOnly: groups.type !== undefined }));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<![:'"`\\])\/\/.*/g, '');
}
