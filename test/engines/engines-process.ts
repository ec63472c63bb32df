import { KafkaServer } from '../support/engines/kafka.ts';
import { MysqlServer } from '../support/engines/mysql.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { ServerProcess } from '../support/server-process.ts';

/** Starts all that tests start, says at which ports, and waits to be killed. */
const mysql = await MysqlServer.start();
const redis = await RedisServer.start();
const kafka = await KafkaServer.start();
const server = await ServerProcess.create({ MARKET_SOURCE: 'off' });
await server.start();
const ports = [mysql.port, redis.port, Number(kafka.brokers[0]?.split(':')[1]), server.port];
process.stdout.write(`${JSON.stringify(ports)}\n`);
setInterval(() => undefined, 60_000);
