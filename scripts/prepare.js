// Builds the page after `npm ci`. Plain JavaScript without dependencies: npm may run it on an old Node, and with
// `--omit=dev` nothing of what builds the page is there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');

/** The Node that package.json pins, or, where npm installed none for this machine, the one that runs this. */
function pinnedNode() {
  const names = process.platform === 'win32' ? ['node.exe'] : ['node'];
  const found = names.map((name) => join(root, 'node_modules', '.bin', name)).find((path) => existsSync(path));
  return found === undefined ? process.execPath : found;
}

if (existsSync(vite)) {
  const built = spawnSync(pinnedNode(), [vite, 'build', 'web', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' });
  if (built.error) console.error(`The page was not built: ${built.error.message}`);
  process.exitCode = built.status === 0 ? 0 : 1;
} else {
  console.log('The page is not built: Vite is not installed (a production install). web/dist stays as it is.');
}
