const CONTENT = '{"id":"6f1f0c1e-6a0b-4c5d-9d3e-2b8f6a1c7e90","content":"Grüße 👋"}';

function frames(...texts: readonly string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text.replaceAll('^', '\0')));
}

/** What clients send, frame by frame: of stomp.js, of one that acknowledges, of one with transactions, and of older ones. */
export const recorded: readonly (readonly Buffer[])[] = [
  frames(
    'CONNECT\naccept-version:1.2,1.1,1.0\nheart-beat:10000,10000\nlogin:Ann\n\n^',
    'SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\nafter:0\n\n^',
    'SUBSCRIBE\nid:sub-1\ndestination:/topic/state\n\n^',
    'SUBSCRIBE\nid:sub-2\ndestination:/user/queue/errors\n\n^',
    `SEND\ndestination:/app/chat\nreceipt:r-1\ncontent-type:application/json\ncontent-length:72\n\n${CONTENT}^`,
    '\n',
    `SEND\ndestination:/app/chat\nreceipt:r-2\n\n${CONTENT}^`,
    'SEND\ndestination:/app/typing\ncontent-length:15\n\n{"typing":true}^',
    'UNSUBSCRIBE\nid:sub-0\nreceipt:u\n\n^',
    'SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\nafter:later\nreceipt:s\n\n^',
    'DISCONNECT\nreceipt:close-1\n\n^',
  ),
  frames(
    'STOMP\r\naccept-version:1.2\r\nhost:localhost\r\n\r\n^',
    'SUBSCRIBE\r\nid:e\r\ndestination:/user/queue/errors\r\n\r\n^',
    'SUBSCRIBE\r\nid:0\r\ndestination:/topic/chat\r\nack:client\r\nprefetch-count:2\r\nafter:0\r\n\r\n^\r\n',
    'ACK\r\nid:0@0\r\nreceipt:1\r\n\r\n^',
    'ACK\r\nid:1@0\r\n\r\n^',
    'SUBSCRIBE\nid:a\\cb\\\\\ndestination:/topic/chat\nack:client-individual\nprefetch-count:3\nafter:0\n\n^',
    'NACK\nid:2@a\\cb\\\\\nreceipt:2\n\n^',
    'ACK\nid:0@a\\cb\\\\\n\n^',
    'UNSUBSCRIBE\nid:0\n\n^',
    'ACK\nid:2@0\nreceipt:3\n\n^',
  ),
  frames(
    'CONNECT\naccept-version:1.1,1.2\nhost:/\n\n^',
    'SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n^',
    'BEGIN\ntransaction:t\nreceipt:b\n\n^',
    `SEND\ndestination:/app/chat\ntransaction:t\nreceipt:s\n\n${CONTENT}^`,
    `SEND\ndestination:/app/chat\ntransaction:t\ncontent-length:5\n\na^b^c^`,
    'BEGIN\ntransaction:u\n\n^',
    'ACK\nid:0@e\ntransaction:u\n\n^',
    'COMMIT\ntransaction:t\nreceipt:c\n\n^',
    'ABORT\ntransaction:u\nreceipt:a\n\n^',
    'DISCONNECT\n\n^',
  ),
  frames(
    'CONNECT\nlogin: ann\npasscode: secret\n\n^\n',
    'SUBSCRIBE\ndestination: /topic/chat\nack: client\n\n^\n',
    'ACK\nmessage-id: chat-0@0@/topic/chat\n\n^',
    'SEND\ndestination: /app/chat\nreceipt: message-12345\n\nhello^\n',
    'UNSUBSCRIBE\ndestination: /topic/chat\n\n^',
    'BEGIN\ntransaction: t\n\n^',
    'COMMIT\ntransaction: t\n\n^',
  ),
  frames(
    'CONNECT\naccept-version:1.1\nhost:x\nheart-beat:1,1\n\n^',
    'SUBSCRIBE\nid:0\ndestination:/topic/chat\nack:client-individual\nafter:0\n\n^',
    'NACK\nsubscription:0\nmessage-id:chat-0@0@0\nreceipt:n\n\n^',
    'ACK\nsubscription:0\nmessage-id:chat-1@1@0\n\n^',
    'SEND\ndestination:/app/a\\cb\nx:\\n\\\\\n\nbody^',
  ),
];
