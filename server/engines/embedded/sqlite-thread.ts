import { parentPort, workerData } from 'node:worker_threads';
import { packOutcomes, unpackDrafts } from './packed-group.ts';
import type { Method, Reply, Request, Result, ThreadData } from './sqlite-calls.ts';
import { describe } from './sqlite-errors.ts';
import { SqliteMessages } from './sqlite-messages.ts';

// The thread of one database file: `SqliteMessageStore` starts it, so that a slow disk never stalls the event loop.

type Call = Exclude<Request, { readonly method: 'close' }>;

function run(messages: SqliteMessages, request: Call): Result<Method> {
  const { moderation } = messages;
  switch (request.method) {
    case 'commit': {
      const [drafts, units] = request.args;
      return packOutcomes(messages.commit(unpackDrafts(drafts), units));
    }
    case 'head':
      return messages.head(...request.args);
    case 'after':
      return messages.after(...request.args);
    case 'before':
      return messages.before(...request.args);
    case 'read':
      return moderation.read(...request.args);
    case 'change':
      return moderation.change(...request.args);
    case 'erase':
      return moderation.erase(...request.args);
    case 'trim':
      return moderation.trim(...request.args);
    case 'audit':
      return moderation.audit(...request.args);
    case 'note':
      return moderation.note(...request.args);
  }
}

function answer(messages: SqliteMessages, request: Call): Reply {
  const { call } = request;
  try {
    return { kind: 'done', call, result: run(messages, request) };
  } catch (error) {
    return { kind: 'failed', call, name: error instanceof Error ? error.name : '', reason: describe(error) };
  }
}

function open(data: ThreadData): SqliteMessages | string {
  try {
    return new SqliteMessages(data);
  } catch (error) {
    return describe(error);
  }
}

function serve(port: NonNullable<typeof parentPort>, data: ThreadData): void {
  const reply = (message: Reply): void => port.postMessage(message);
  const messages = open(data);
  if (typeof messages === 'string') {
    reply({ kind: 'refused', reason: messages });
    return;
  }
  port.on('message', (request: Request) => {
    if (request.method !== 'close') {
      reply(answer(messages, request));
      return;
    }
    messages.close();
    port.close();
  });
  reply({ kind: 'opened', epoch: messages.epoch });
}

if (parentPort !== null) serve(parentPort, workerData);
