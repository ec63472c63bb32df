import assert from 'node:assert/strict';

/** A frame that a server sent, read by the grammar of the specifications and not by the server's own parser. */
export interface ServerFrame {
  readonly command: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const needed: Readonly<Record<string, readonly string[]>> = {
  CONNECTED: ['version', 'session', 'heart-beat', 'server'],
  MESSAGE: ['destination', 'message-id', 'subscription', 'content-type', 'content-length'],
  RECEIPT: ['receipt-id'],
  ERROR: ['message', 'content-type', 'content-length'],
};
/** A header line of each version; before CONNECTED frames are written as 1.0 reads them (STOMP 1.x, "Augmented BNF"). */
const lines: Readonly<Record<string, RegExp>> = {
  '1.0': /^([^:\n]+):([^\n]*)$/,
  '1.1': /^((?:[^:\n\\]|\\[nc\\])+):((?:[^:\n\\]|\\[nc\\])*)$/,
  '1.2': /^((?:[^:\r\n\\]|\\[rnc\\])+):((?:[^:\r\n\\]|\\[rnc\\])*)$/,
};

/** The frames of a whole connection. Throws where one is not legal, and for one behind an ERROR. */
export function readServer(bytes: Buffer): ServerFrame[] {
  const frames: ServerFrame[] = [];
  let version = '1.0';
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === 10) {
      at++;
      continue;
    }
    assert.notEqual(frames.at(-1)?.command, 'ERROR', 'nothing comes behind an ERROR');
    const end = bytes.indexOf('\n\n', at);
    assert.ok(end >= 0, 'the headers end');
    const { command, headers } = readHead(bytes.toString('utf8', at, end), version);
    const told = headers.get('content-length');
    const start = end + 2;
    const stop = told === undefined ? bytes.indexOf(0, start) : start + Number(told);
    assert.equal(bytes[stop], 0, 'a NUL stands behind the body');
    frames.push({ command, headers, body: bytes.toString('utf8', start, stop) });
    if (command === 'CONNECTED') {
      assert.equal(frames.length, 1, 'CONNECTED comes first, and once');
      version = headers.get('version') ?? '';
    }
    at = stop + 1;
  }
  return frames;
}

function readHead(text: string, version: string): Omit<ServerFrame, 'body'> {
  const [command = '', ...rest] = text.split('\n');
  const names = needed[command];
  assert.ok(names, `${command} is a command of a server`);
  const headers = new Map<string, string>();
  for (const line of rest) {
    const [, name, value] = (lines[command === 'CONNECTED' ? '1.0' : version] ?? /^$/).exec(line) ?? [];
    assert.ok(name !== undefined && value !== undefined, `a header of STOMP ${version}: ${JSON.stringify(line)}`);
    assert.ok(!headers.has(name), `${name} comes once`);
    headers.set(name, value);
  }
  for (const name of names) assert.ok(headers.has(name), `${command} has the header ${name}`);
  return { command, headers };
}
