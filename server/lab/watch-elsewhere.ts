import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { errorTable, Refusal } from '../errors.ts';

/** Where a process answers another one that asks it to watch. */
export const LAB_PATH = '/api/lab/stream';

export interface Elsewhere {
  /** Unix sockets of the other processes. */
  readonly sockets: readonly string[];
  readonly token: string;
  /** When the right to watch ends, in milliseconds since 1970. */
  readonly until: number;
  /** Told of each event, as it stands in the stream. */
  told(event: string): void;
  /** One of them watches no more, once. */
  lost(): void;
}

/** One that has not answered for so long, in milliseconds, hangs. */
const PATIENCE = 3_000;
/** No event is longer; a process that sends more without an end is not one of ours. */
const MOST_TEXT = 262_144;

/**
 * Has other processes watch under a token, and tells what they tell. Resolves once all of them watch, to what ends that; rejects
 * with the `Refusal` of the first that does not.
 */
export async function watchElsewhere({ sockets, ...options }: Elsewhere): Promise<() => void> {
  const requests: ClientRequest[] = [];
  let ended = false;
  const end = (): void => {
    ended = true;
    for (const each of requests) each.destroy();
  };
  const lost = (): void => {
    if (ended) return;
    end();
    options.lost();
  };
  try {
    await Promise.all(sockets.map((path) => watchAt(path, { ...options, lost }, (request) => requests.push(request))));
  } catch (error) {
    end();
    throw error;
  }
  return end;
}

function watchAt(
  socketPath: string,
  { token, until, told, lost }: Omit<Elsewhere, 'sockets'>,
  made: (request: ClientRequest) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // A connection of its own, which ends with the watch.
    const path = `${LAB_PATH}?lab=${token}&until=${until}`;
    const request = httpRequest({ socketPath, path, agent: false });
    made(request);
    const fail = (): void => {
      reject(new Refusal('worker-gone', 'Another process of this server does not answer; try again.'));
      lost();
    };
    request.setTimeout(PATIENCE, () => request.destroy());
    request.on('error', fail);
    request.on('response', (answer) => {
      if (answer.statusCode !== 200) {
        void refusalIn(answer).then(reject);
        return;
      }
      request.setTimeout(0);
      answer.on('close', fail);
      events(answer, (event) => {
        if (event.startsWith('event: watching\n')) resolve();
        else if (!event.startsWith('event: end\n')) told(event);
      });
    });
    request.end();
  });
}

/** Cuts a stream into its events, each with the empty line that ends it. */
function events(answer: IncomingMessage, take: (event: string) => void): void {
  let text = '';
  answer.setEncoding('utf8');
  answer.on('data', (more: string) => {
    text += more;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      take(text.slice(0, end + 2));
      text = text.slice(end + 2);
    }
    if (text.length > MOST_TEXT) answer.destroy();
  });
}

async function refusalIn(answer: IncomingMessage): Promise<Refusal> {
  let text = '';
  try {
    for await (const chunk of answer) text += chunk;
    const { code } = JSON.parse(text);
    return new Refusal(Object.hasOwn(errorTable, code) ? code : 'worker-gone');
  } catch {
    return new Refusal('worker-gone');
  }
}
