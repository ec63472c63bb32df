import type { ChatClimb } from './chat.ts';
import type { Climb, Rung } from './ladder.ts';
import { delivered, type Findings, isOurs } from './report.ts';

/** What, the target, what was measured, and whether it is met. */
type Row = [what: string, target: string, measured: string, met: string];

/** The text and the verdict of a figure; a figure that was not measured says so. */
const row = (what: string, target: string, figure: number | undefined, text: string, met: boolean): Row =>
  figure === undefined || Number.isNaN(figure)
    ? [what, target, 'not measured', '']
    : [what, target, text, met ? 'met' : 'missed'];

/** The project's own targets beside what this run found. */
export function targets(findings: Findings): Row[] {
  return [
    ...costTargets(findings),
    ...rateTargets(findings),
    ...rivalTargets(findings),
    ...chatTargets(findings),
    ...compressionTargets(findings),
  ];
}

function costTargets({ steady }: Findings): Row[] {
  const others = steady.filter(({ contender }) => !isOurs(contender) && !contender.name.startsWith('floor'));
  const leastMemory = Math.min(...others.map(({ memory }) => memory));
  const leastIdle = Math.min(...others.map(({ idle }) => idle));
  return steady
    .filter(({ contender }) => isOurs(contender))
    .flatMap(({ contender: { name, protocol }, ratio, memory, idle }) => {
      const most = protocol === 'sse' ? 10 : 12;
      return [
        row(`CPU a delivery, ${name}`, 'at most 1.5 × the floor', ratio, `${ratio.toFixed(2)} ×`, ratio <= 1.5),
        row(`memory a connection, ${name}`, `at most ${most} KB`, memory, `${memory.toFixed(1)} KB`, memory <= most),
        row(
          `memory a connection, ${name}`,
          `less than any other here (${leastMemory.toFixed(1)} KB)`,
          memory,
          `${memory.toFixed(1)} KB`,
          memory < leastMemory,
        ),
        row(`idle, ${name}`, 'at most 5 µs a second', idle, `${idle.toFixed(2)} µs`, idle <= 5),
        row(
          `idle, ${name}`,
          `no more than any other here (${leastIdle.toFixed(2)} µs)`,
          idle,
          `${idle.toFixed(2)} µs`,
          idle <= leastIdle,
        ),
      ];
    });
}

function rateTargets({ climbs }: Findings): Row[] {
  return climbs
    .filter(({ contender }) => isOurs(contender))
    .map(({ contender, rungs }) => {
      const rung: Rung | undefined = rungs.find(({ rate }) => rate === 500);
      const p99 = rung?.result.latency_ms.p99;
      const text = `p99 ${p99?.toFixed(0)} ms`;
      return row(
        `500 messages/s to each client, ${contender.name}`,
        'p99 at most 100 ms',
        p99,
        text,
        rung?.holds === true,
      );
    });
}

const RIVALS = [
  ['ws, send()', 15],
  ['centrifuge', 20],
  ['Socket.IO', 20],
  ["Spring's simple broker, STOMP", 40],
] as const;

function rivalTargets({ climbs }: Findings): Row[] {
  const ours = climbs.find(({ contender }) => isOurs(contender) && contender.protocol === 'stomp');
  return RIVALS.map(([name, least]) => {
    const rival: Climb | undefined = climbs.find(({ contender }) => contender.name === name);
    if (ours === undefined || rival === undefined)
      return row(`delivered a second against ${name}`, '', undefined, '', false);
    // A rival that was late at every rate is compared by the most that it delivered at all.
    const most = Math.max(0, ...rival.rungs.map(({ result }) => result.per_second));
    const times = delivered(ours) / (delivered(rival) || most);
    return row(
      `delivered a second against ${name}`,
      `at least ${least} ×`,
      times,
      `${times.toFixed(1)} ×${rival.best === undefined ? ' the most it delivered, late' : ''}`,
      times >= least,
    );
  });
}

const CHATS = [
  ['SQLite', 20_000],
  ['MariaDB', 10_000],
] as const;

function chatTargets({ chats }: Findings): Row[] {
  return CHATS.flatMap(([store, least]) => {
    const chat: ChatClimb | undefined = chats.find((each) => each.store === store);
    const half = chat?.rungs.find(({ rate }) => rate === least / 2);
    return [
      row(
        `chat on ${store}`,
        `${least.toLocaleString('en')} messages/s`,
        chat?.top,
        `${chat?.top.toLocaleString('en')} messages/s`,
        (chat?.top ?? 0) >= least,
      ),
      row(
        `receipts at half of that, ${store}`,
        'p99 at most 50 ms',
        half?.p99,
        `${half?.p99.toFixed(0)} ms`,
        half?.holds === true && half.p99 <= 50,
      ),
    ];
  });
}

/** Of blocks of 2 KB and more. */
function compressionTargets({ compression }: Findings): Row[] {
  return compression
    .filter(({ block }) => block >= 2_048)
    .flatMap(({ protocol, rate, plain, compressed, cpu }) => {
      const part = compressed / plain;
      const what = `${protocol}, ${rate} ticks/s`;
      return [
        row(`bytes, ${what}`, 'at most a quarter', part, `1/${(1 / part).toFixed(1)}`, part <= 0.25),
        row(
          `CPU, ${what}`,
          'at most 10 % more',
          cpu,
          `${cpu >= 1 ? '+' : '−'}${Math.abs((cpu - 1) * 100).toFixed(0)} %`,
          cpu <= 1.1,
        ),
      ];
    });
}
