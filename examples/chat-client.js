// Follows the chat and says hello. Needs Node 22 or newer (it has a WebSocket) and `npm install @stomp/stompjs`.
import { Client } from '@stomp/stompjs';

const client = new Client({
  brokerURL: process.argv[2] ?? 'ws://localhost:8080/ws-endpoint',
  connectHeaders: { login: 'Node' },
});
client.onConnect = () => {
  client.subscribe('/topic/chat', (message) => console.log(JSON.parse(message.body)), { after: '0' });
  client.publish({ destination: '/app/chat', body: JSON.stringify({ content: 'hello from Node' }) });
};
client.onStompError = (frame) => console.error(frame.headers.message);
client.activate();
