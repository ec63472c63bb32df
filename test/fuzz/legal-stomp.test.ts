import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServer } from './legal-stomp.ts';

test('what no server may send is not taken for legal', () => {
  const connected = 'CONNECTED\nversion:1.2\nsession:s\nheart-beat:0,0\nserver:x\n\n\0';
  assert.equal(readServer(Buffer.from(`${connected}\n\nRECEIPT\nreceipt-id:a\\cb\n\n\0`)).length, 2);
  for (const wrong of [
    'HELLO\n\n\0',
    'RECEIPT\n\n\0',
    'RECEIPT\nreceipt-id:a:b\n\n\0',
    'RECEIPT\nreceipt-id:a\\tb\n\n\0',
    'RECEIPT\nreceipt-id:a\nreceipt-id:b\n\n\0',
    'RECEIPT\nreceipt-id:1\n\nbody',
    'ERROR\nmessage:m\ncontent-type:t\ncontent-length:1\n\nab\0',
    'ERROR\nmessage:m\ncontent-type:t\ncontent-length:0\n\n\0RECEIPT\nreceipt-id:1\n\n\0',
    connected,
  ])
    assert.throws(() => readServer(Buffer.from(connected + wrong)), wrong);
});
