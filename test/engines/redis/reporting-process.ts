/** An instance that reports who is here, says so, and then only lives: `node reporting-process.ts URL PREFIX EXPIRY`. */
import { openRedisPresenceStore } from '../../../server/engines/redis/redis-presence-store.ts';
import { redisOptions } from '../../support/engines/redis.ts';

const [url = '', prefix = '', expiry = ''] = process.argv.slice(2);
const store = await openRedisPresenceStore({ ...redisOptions(url), prefix, expiry: Number(expiry) });
const report = () => store.report('short-lived', { users: ['ann', 'bob'], connections: 2 });
await report();
setInterval(report, Number(expiry) / 4);
console.log('reported');
// Nobody is left to end it where the test was killed: then its input ends.
process.stdin.resume().on('end', () => process.exit());
