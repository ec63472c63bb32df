import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorTable, refusalOf } from '../errors.ts';
import type { Lab } from './lab.ts';
import type { Watch, WatchSink } from './watch.ts';

/** A watch that writes into an answer, and ends with it. */
export async function answerWatch(
  response: ServerResponse,
  headers: Record<string, string>,
  begin: (open: () => WatchSink) => Watch | Promise<Watch>,
): Promise<void> {
  const watch = await begin(() => {
    response.writeHead(200, {
      ...headers,
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    return {
      write: (text) => void response.write(text),
      get waiting() {
        return response.writableLength;
      },
      end: () => void response.end(),
    };
  });
  const left = (): void => watch.end('left');
  response.on('error', left).on('close', left);
  // It may have gone while others were asked.
  if (response.destroyed) left();
}

/** Answers another process of this server, which has somebody who watches; it has asked for the right to do so. */
export async function answerNeighbour(lab: Lab, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const query = new URLSearchParams(request.url?.split('?', 2)[1]);
  try {
    await answerWatch(response, {}, (open) => lab.watch(query.get('lab'), Number(query.get('until')), open));
  } catch (error) {
    const { code, message } = refusalOf(error);
    response.writeHead(errorTable[code].status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ code, message }));
  }
}
