import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, type IMessage } from '@stomp/stompjs';
import SockJS from 'sockjs-client';
import { TestApp } from '../../support/test-app.ts';

let app: TestApp;
before(async () => {
  app = await TestApp.start({ SOCKJS_RESPONSE_LIMIT: 4_096 });
});
after(() => app.close());

for (const transport of ['websocket', 'xhr-streaming', 'xhr-polling', 'eventsource']) {
  test(`@stomp/stompjs chats by the ${transport} of sockjs-client, over the ends of answers too`, async () => {
    const connected = Promise.withResolvers<void>();
    // Else the library gives a transport some hundred milliseconds to open, and then up.
    const options = { transports: transport, timeout: 60_000 };
    const client = new Client({
      // It is what the library calls a WebSocket, with fewer members than the type has.
      webSocketFactory: () => new SockJS(`${app.url}/ws-endpoint`, [], options) as WebSocket,
      reconnectDelay: 0,
      onConnect: () => connected.resolve(),
      onStompError: ({ headers }) => connected.reject(new Error(headers.message)),
      onWebSocketClose: ({ reason }) => connected.reject(new Error(reason)),
    });
    client.activate();
    await connected.promise;
    try {
      const seen: string[] = [];
      const all = Promise.withResolvers<void>();
      const texts = Array.from(
        { length: 20 },
        (_, index) => `${transport} ${index} 😀\u2028</script>${'x'.repeat(500)}`,
      );
      client.subscribe(
        '/topic/chat',
        ({ body }: IMessage) => {
          const { content } = JSON.parse(body);
          if (content.startsWith(`${transport} `)) seen.push(content);
          if (seen.length === texts.length) all.resolve();
        },
        { after: '0' },
      );
      for (const content of texts) client.publish({ destination: '/app/chat', body: JSON.stringify({ content }) });
      await all.promise;
      assert.deepEqual(seen, texts);
    } finally {
      await client.deactivate();
    }
  });
}
