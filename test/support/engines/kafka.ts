import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';
import { leashed } from '../leash.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { freezeEngine, hasDocker, killEngine, startContainer, thawEngine } from './container.ts';

const VERSION = '4.4.0';
/** As in `compose.yaml`. */
const IMAGE = 'apache/kafka:4.1.0';
/** Any, but fixed: a random one that begins with a dash is taken for a flag. */
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'];
const START_TIMEOUT = 120_000;

/** A Kafka to test with: that of `TEST_KAFKA_BROKERS`, or one of this test alone. */
export async function testKafka(): Promise<{ readonly brokers: readonly string[]; stop(): Promise<void> }> {
  const given = process.env.TEST_KAFKA_BROKERS;
  if (given) return { brokers: given.split(','), stop: async () => undefined };
  return await KafkaServer.start();
}

/** Who may log in at a second port, where each right has to be granted; nobody has any. */
export interface KafkaUser {
  readonly username: string;
  readonly password: string;
}

/** A Kafka broker of one test: on ports of its own, with data of its own, gone when the test is, also when that crashes. */
export class KafkaServer {
  readonly brokers: readonly string[];
  /** The same broker, for its user (SASL PLAIN). */
  readonly userBrokers: readonly string[];
  readonly #folder: string;
  /** `undefined`: it runs as a container. */
  readonly #jars: string | undefined;
  readonly #jvm: readonly string[];
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(ports: Ports, folder: string, jars: string | undefined, jvm: readonly string[]) {
    this.brokers = [`127.0.0.1:${ports.plain}`];
    this.userBrokers = [`127.0.0.1:${ports.user}`];
    this.#folder = folder;
    this.#jars = jars;
    this.#jvm = jvm;
  }

  /** Throws, with the command that installs it, where the machine has no Java or no Maven. */
  static async start(user?: KafkaUser): Promise<KafkaServer> {
    const server = await KafkaServer.prepare(user);
    await server.run();
    return server;
  }

  /** A broker that does not run yet. */
  static async prepare(user?: KafkaUser): Promise<KafkaServer> {
    const jars = needsContainer() ? undefined : await kafkaJars();
    const archive = jars === undefined ? undefined : await classArchive(jars);
    return await KafkaServer.#prepare(jars, archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`], user);
  }

  static async #prepare(jars: string | undefined, jvm: readonly string[], user?: KafkaUser): Promise<KafkaServer> {
    const folder = await temporaryFolder('kafka');
    const listen = jars === undefined ? '0.0.0.0' : '127.0.0.1';
    const ports = { listen, plain: await freePort(), controller: await freePort(), user: await freePort() };
    const lines = [...properties(ports, folder), ...(user ? userProperties(ports, user) : [])];
    await writeFile(join(folder, 'server.properties'), lines.join('\n'));
    const server = new KafkaServer(ports, folder, jars, jvm);
    if (jars !== undefined) await server.#format(jars);
    return server;
  }

  /** Writes the classes that a broker loads into a file of Java, by one that starts and ends in good order. */
  static async archiveClasses(jars: string, archive: string): Promise<void> {
    const server = await KafkaServer.#prepare(jars, [`-XX:ArchiveClassesAtExit=${archive}`]);
    try {
      await server.run();
      const child = server.#child;
      if (child?.kill('SIGTERM') === true) await once(child, 'exit');
    } finally {
      await server.stop();
    }
  }

  /** Starts the process, again after `kill`, and resolves once it answers. */
  async run(): Promise<void> {
    const child = this.#jars === undefined ? this.#startContainer() : this.#launch(this.#jars);
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-10_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const deadline = performance.now() + START_TIMEOUT;
    while (!(await answers(this.brokers[0] ?? ''))) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`Kafka did not start:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** As in a crash: nothing is written any more. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    killEngine(child);
    await exited;
  }

  freeze(): void {
    freezeEngine(this.#child);
  }

  thaw(): void {
    thawEngine(this.#child);
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #startContainer(): ChildProcess {
    const bin = '/opt/kafka/bin';
    const format = `${bin}/kafka-storage.sh format -t ${CLUSTER_ID} -c ${this.#config} --ignore-formatted`;
    return startContainer({
      image: IMAGE,
      ports: [...this.brokers, ...this.userBrokers].map((broker) => Number(broker.split(':')[1])),
      folder: this.#folder,
      options: [
        '-e',
        'KAFKA_HEAP_OPTS=-Xmx256m',
        '-e',
        `LOG_DIR=${join(this.#folder, 'log')}`,
        '--entrypoint',
        '/bin/sh',
      ],
      command: ['-c', `${format} && exec ${bin}/kafka-server-start.sh ${this.#config}`],
      output: 'pipe',
    });
  }

  #launch(jars: string): ChildProcess {
    const java = ['-Xmx256m', ...JVM, ...this.#jvm, '-cp', join(jars, '*'), 'kafka.Kafka', this.#config];
    const { program, args } = leashed('java', java);
    return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  get #config(): string {
    return join(this.#folder, 'server.properties');
  }

  async #format(jars: string): Promise<void> {
    const shared = this.#jvm.filter((option) => option.includes('SharedArchiveFile'));
    const tool = ['-Xmx64m', ...JVM, ...shared, '-cp', join(jars, '*'), 'kafka.tools.StorageTool'];
    await promisify(execFile)('java', [...tool, 'format', '-t', CLUSTER_ID, '-c', this.#config]);
  }
}

interface Ports {
  /** Where it listens: in a container, at all its addresses. */
  readonly listen: string;
  readonly plain: number;
  readonly controller: number;
  readonly user: number;
}

function properties({ listen, plain, controller }: Ports, folder: string): string[] {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=PLAINTEXT://${listen}:${plain},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${plain}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${join(folder, 'logs')}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    'num.network.threads=1',
    'num.io.threads=2',
    // Without these two a broker that was killed waits 9 s for its own former self. Much shorter, and on a busy machine it
    // misses its own beats, and takes the partitions from itself.
    'broker.session.timeout.ms=1500',
    'broker.heartbeat.interval.ms=100',
  ];
}

/** Later lines win: a listener more, and nobody has rights but who needs no name. */
function userProperties({ listen, plain, controller, user }: Ports, { username, password }: KafkaUser): string[] {
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return [
    `listeners=PLAINTEXT://${listen}:${plain},CONTROLLER://127.0.0.1:${controller},USER://${listen}:${user}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${plain},USER://127.0.0.1:${user}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,USER:SASL_PLAINTEXT',
    'inter.broker.listener.name=PLAINTEXT',
    'listener.name.user.sasl.enabled.mechanisms=PLAIN',
    `listener.name.user.plain.sasl.jaas.config=${login} user_${username}="${password}";`,
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users=User:ANONYMOUS',
  ];
}

/** An ApiVersions request, version 0, without a client's name: what any broker answers that is ready. */
const API_VERSIONS = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

function answers(broker: string): Promise<boolean> {
  const [host, port] = broker.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host: host ?? '', port: Number(port) }, () => socket.write(API_VERSIONS));
    const done = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(1_000).once('data', done(true)).once('error', done(false)).once('timeout', done(false));
    socket.once('close', done(false));
  });
}

/** The folder with Kafka's jars: brought by Maven at the first time, and kept for all others. */
export async function kafkaJars(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'towncrier');
  const folder = join(cache, `kafka-${VERSION}`);
  requirePrograms();
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, 'kafka-'));
  try {
    await writeFile(join(fresh, 'pom.xml'), POM);
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies';
    const options = ['-B', '-q', '-ntp', goal, '-DoutputDirectory=lib', '-DincludeScope=runtime'];
    await promisify(execFile)('mvn', options, { cwd: fresh });
    if ((await readdir(join(fresh, 'lib'))).length < 20) throw new Error('Maven brought too few jars of Kafka');
    // Another test may have been quicker: then its folder is as good.
    await rename(join(fresh, 'lib'), folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

/**
 * The classes of Kafka as Java keeps them in memory: with them a broker starts with half the work. Made once on a machine, by the
 * first test that needs a broker; those that come meanwhile, and a Java that it was not made by, do without.
 */
async function classArchive(jars: string): Promise<string | undefined> {
  const archive = `${jars}.jsa`;
  if (existsSync(archive)) return archive;
  const lock = `${archive}.lock`;
  try {
    await mkdir(lock);
  } catch {
    const held = await stat(lock).catch(() => undefined);
    // Who holds it for longer was killed.
    if (held === undefined || Date.now() - held.mtimeMs < START_TIMEOUT) return undefined;
  }
  try {
    await KafkaServer.archiveClasses(jars, `${archive}.fresh`);
    await rename(`${archive}.fresh`, archive);
    return archive;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Where Java or Maven is missing and Docker is there. */
function needsContainer(): boolean {
  return missingPrograms().length > 0 && hasDocker();
}

/** The programs that these tests need, and the package of each. */
export const kafkaPackages = { java: 'default-jre-headless', mvn: 'maven', setpriv: 'util-linux' } as const;

function missingPrograms(): [string, string][] {
  const folders = (process.env.PATH ?? '').split(':');
  const isThere = (program: string): boolean => folders.some((folder) => existsSync(join(folder, program)));
  return Object.entries(kafkaPackages).filter(([program]) => !isThere(program));
}

function requirePrograms(): void {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name).join(' ');
  throw new Error(`the tests on Kafka need ${missing.map(([program]) => program).join(', ')}. Install them:
  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages}
or start Docker, or name a Kafka that is there by TEST_KAFKA_BROKERS=host:port`);
}

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>test</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>`;
