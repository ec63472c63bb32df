// Socket.IO as its documentation shows it: one emit() a message, to everybody.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer((request, response) => {
  const query = new URL(request.url ?? '/', 'http://bench').searchParams;
  const rate = Number(query.get('rate'));
  const count = Number(query.get('count'));
  const start = performance.now();
  let seq = 0;
  const step = () => {
    const began = performance.now();
    while (seq < count && seq < ((performance.now() - start) * rate) / 1000 && performance.now() - began < 5) {
      seq++;
      io.emit('message', message(seq));
    }
    if (seq < count) setTimeout(step, Math.min(1, 1000 / rate));
    else response.end('published\n');
  };
  step();
});

function message(seq) {
  const t = Math.round((performance.timeOrigin + performance.now()) * 1000);
  const head = { kind: 'message', seq, t, sender: 'bench', content: '' };
  return { ...head, content: 'x'.repeat(220 - JSON.stringify(head).length) };
}

const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
http.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: http.address().port })));
