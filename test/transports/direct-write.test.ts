import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { test } from 'node:test';
import { socketWriter } from '../../server/transports/direct-write.ts';

/** Both ends of a TCP connection. */
async function pair(): Promise<{ near: Socket; far: Socket } & AsyncDisposable> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const far = dial((server.address() as AddressInfo).port, '127.0.0.1'); // an address, because it listens on TCP
  const [near] = (await once(server, 'connection')) as [Socket];
  for (const socket of [near, far]) socket.on('error', () => undefined);
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      server.close();
    },
  };
}

async function received(socket: Socket, bytes: number): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += `${chunk}`;
    if (text.length >= bytes) break;
  }
  return text;
}

const direct = socketWriter(process.version);
const asStream = socketWriter('v0.0.0');
const big = Buffer.alloc(30_000_000, 'b');

test('this version of Node is one whose handles are known', () => {
  assert.notEqual(direct, asStream, `look at what ${process.version} does, and add it to KNOWN`);
});

test('Node itself calls its handles as we do', async () => {
  await using ends = await pair();
  const { _handle: handle } = ends.near as unknown as { _handle: Record<string, (...args: unknown[]) => unknown> };
  for (const [name, write] of Object.entries({
    writeBuffer: () => ends.near.write(Buffer.from('x')),
    writev() {
      ends.near.cork();
      for (const text of ['y', 'z']) ends.near.write(Buffer.from(text));
      ends.near.uncork();
    },
  })) {
    const original = handle[name];
    assert.ok(original);
    let seen: unknown[] = [];
    handle[name] = function (this: unknown, ...args: unknown[]): unknown {
      const result = original.apply(this, args);
      seen = [args[0], result, args[2]];
      return result;
    };
    write();
    await new Promise(setImmediate);
    assert.deepEqual(seen, name === 'writev' ? [null, 0, true] : [null, 0, undefined]);
    handle[name] = original;
  }
});

for (const [name, writer] of Object.entries({ direct, asStream })) {
  test(`${name}: what the kernel takes at once is written when the call returns`, async () => {
    await using ends = await pair();
    assert.equal(writer.write(ends.near, Buffer.from('one ')), true);
    assert.equal(writer.writeAll(ends.near, [Buffer.from('two '), Buffer.from('three')]), true);
    assert.equal(await received(ends.far, 13), 'one two three');
  });

  test(`${name}: what it does not take follows in order, before what the stream is given later`, async () => {
    await using ends = await pair();
    assert.equal(writer.write(ends.near, big), false);
    const list = [Buffer.from('2'), Buffer.from('3')];
    assert.equal(writer.writeAll(ends.near, list), false);
    list.length = 0;
    const flushed = new Promise((done) => ends.near.write(Buffer.from('4'), done));
    const text = await received(ends.far, big.length + 3);
    await flushed;
    assert.equal(text.length, big.length + 3);
    assert.equal(text.slice(-4), 'b234');
  });

  test(`${name}: a socket that ends before all is taken ends without an error of ours`, async () => {
    await using ends = await pair();
    assert.equal(writer.write(ends.near, big), false);
    ends.near.destroy();
    await once(ends.near, 'close');
    assert.equal(writer.write(ends.near, Buffer.from('late')), true, 'nothing waits in a socket that is gone');
  });

  test(`${name}: the end of a socket waits for what was written`, async () => {
    await using ends = await pair();
    writer.write(ends.near, big);
    ends.near.end();
    assert.equal((await received(ends.far, Number.POSITIVE_INFINITY)).length, big.length);
  });

  test(`${name}: writing to a peer that is gone ends the socket`, async () => {
    await using ends = await pair();
    ends.far.resetAndDestroy();
    const closed = new Promise((done) => ends.near.once('close', done));
    const until = setInterval(() => writer.write(ends.near, Buffer.from('x')), 5);
    await closed;
    clearInterval(until);
  });
}

test('bytes of a socket whose writes somebody looks at go through its own write', async () => {
  await using ends = await pair();
  let looked = 0;
  const { write } = ends.near;
  ends.near.write = (...args: unknown[]) => {
    looked++;
    return write.apply(ends.near, args as Parameters<typeof write>);
  };
  direct.write(ends.near, Buffer.from('seen'));
  assert.equal(looked, 1);
});
