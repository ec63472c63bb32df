import { after, before, test } from 'node:test';
import { TestApp } from '../support/test-app.ts';
import { chats } from './chats.ts';
import { prepare } from './program.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start();
  prepare('java', 'mvn', ['-q', '-B', 'compile']);
});
after(() => app?.close());

/** The words for Maven; what is said has blanks in it. */
const words = (more: string) => (server: string, text: string) => [
  '-q',
  '-B',
  'exec:java',
  `-Dexec.args=${server} '${text}'${more}`,
];

test('Spring’s STOMP client chats both ways over SockJS on a WebSocket', () => chats(app, 'java', 'mvn', words('')));

test('Spring’s STOMP client chats both ways over SockJS by XHR streaming', () =>
  chats(app, 'java', 'mvn', words(' xhr')));
