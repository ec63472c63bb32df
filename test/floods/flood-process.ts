/** A flood in a process of its own. Arguments: its name, the port, how many seconds, its size. Prints its counts as JSON. */
import { Attack } from './attack.ts';
import { floods } from './floods.ts';

const [name, port, seconds, size] = process.argv.slice(2);
const flood = floods.find((each) => each.name === name);
if (flood === undefined) throw new Error(`there is no flood ${name}`);
const attack = new Attack({ port: Number(port), seconds: Number(seconds), size: Number(size) });
// A socket that nobody waits for any more ends the attack late, and not at all.
const late = setTimeout(() => finish(), Number(seconds) * 1_000 + Math.min(Number(seconds) * 500, 5_000));
await flood.run(attack);
clearTimeout(late);
finish();

function finish(): void {
  attack.end();
  process.stdout.write(JSON.stringify(attack.counts), () => process.exit(0));
}
