import type { WireState } from '../wire.ts';

const BROWSER = 'Heads, masking keys and chunks it hides; frames are made again of the messages.';
const TEXTS: Readonly<Record<WireState, readonly [string, string]>> = {
  asking: ['As the browser tells it.', BROWSER],
  off: ['As the browser tells it.', `${BROWSER} With PROTOCOL_LAB=on the server shows the bytes of these connections.`],
  on: [
    'As it is on the wire.',
    'The server tells of this page’s own connections alone, without passwords and tokens. SockJS shows as its client hands it on.',
  ],
  lost: ['As the browser tells it again.', `The server’s stream has ended. ${BROWSER}`],
};

/** Where the bytes come from. */
export function Source({ state }: { state: WireState }) {
  const [title, text] = TEXTS[state];
  return (
    <p class="lab-source" data-testid="lab-source" data-source={state === 'on' ? 'wire' : 'browser'} role="status">
      <b>{title}</b> {text}
    </p>
  );
}
