import assert from 'node:assert/strict';
import { StompClient } from '../support/stomp-client.ts';
import type { TestApp } from '../support/test-app.ts';
import { Program } from './program.ts';

/** Whether an example says something that others see, and shows what others say: before it came, and while it is there. */
export async function chats(
  app: TestApp,
  folder: string,
  command: string,
  args: (server: string, text: string) => readonly string[],
): Promise<void> {
  const text = `Grüße aus ${folder} 🌍`;
  const other = await StompClient.connect(app.url, 'Ann');
  try {
    other.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat' });
    await other.accepted('/app/chat', { content: `before ${folder}` });
    await using program = new Program(folder, command, args(app.url, text));
    await program.prints(/stored/);
    await program.prints(new RegExp(`Ann: before ${folder}`));
    await program.prints(new RegExp(`: ${text}`));
    await other.frame(({ body }) => body.includes(JSON.stringify(text)));
    await other.accepted('/app/chat', { content: `to ${folder} <b>&amp;` });
    await program.prints(new RegExp(`Ann: to ${folder} <b>&amp;`));
    assert.doesNotMatch(program.printed, /refused|not taken/);
  } finally {
    await other.close();
  }
}
