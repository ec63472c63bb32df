import { asyncChannels, asyncMessages } from '../asyncapi.ts';
import { page, table } from '../markdown.ts';
import { fieldTable } from './json-schema.ts';

type Channel = (typeof asyncChannels)[string];

/** STOMP: what is sent and subscribed to. */
export function stompPage(): string {
  const all = Object.values(asyncChannels).filter(({ server }) => server === 'stomp');
  const taken = all.filter(({ action }) => action === 'receive');
  const given = all.filter(({ action }) => action === 'send');
  return page('STOMP destinations', 'scripts/asyncapi.ts', [
    'STOMP 1.0, 1.1 and 1.2 on the WebSocket `/ws-endpoint`, or over SockJS at the same path. Bodies are JSON. The same for machines is',
    '[asyncapi.json](asyncapi.json); what the frames look like is in [the protocols](../protocols/stomp.md).',
    '',
    '## To send to',
    '',
    ...channelTable(taken),
    '',
    '## To subscribe to',
    '',
    ...channelTable(given),
    ...messageSections(all),
  ]);
}

/** Server-Sent Events: the streams, and what comes there. */
export function ssePage(): string {
  const all = Object.values(asyncChannels).filter(({ server }) => server === 'sse');
  return page('Server-Sent Events', 'scripts/asyncapi.ts', [
    'Streams over HTTP on the public port, as `text/event-stream`. How they look on the wire, and how a client goes on after a cut, is',
    'in [the protocols](../protocols/sse.md).',
    '',
    ...channelTable(all),
    ...all.flatMap(queryLines),
    '',
    'An `id` is that of the whole stream, not of one symbol; give the last one back as `Last-Event-ID`, or as the parameter',
    '`lastEventId`. A heart-beat comment comes every 15 s.',
    ...messageSections(all),
  ]);
}

function queryLines({ address, query }: Channel): string[] {
  return query === undefined ? [] : ['', `Parameters of \`${address}\`:`, '', ...fieldTable(query)];
}

function channelTable(channels: readonly Channel[]): string[] {
  const rows = channels.map(({ address, summary, messages }) => [
    `\`${address}\``,
    summary,
    messages.map((name) => `[${titleOf(name)}](#${anchorOf(titleOf(name))})`).join(', '),
  ]);
  return table(['address', 'what', 'messages'], rows);
}

function messageSections(channels: readonly Channel[]): string[] {
  const names = new Set(channels.flatMap(({ messages }) => messages));
  return [...names].flatMap((name) => {
    const message = asyncMessages[name];
    if (message === undefined) throw new Error(`there is no message ${name}`);
    return ['', `## ${titleOf(name)}`, '', message.summary, '', ...fieldTable(message.payload)];
  });
}

/** `chatMessage` as words: Chat message. */
function titleOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');
