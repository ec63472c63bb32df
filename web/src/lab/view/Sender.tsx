import { useState } from 'preact/hooks';
import { NUL_SIGN, presets } from '../broken-frames.ts';
import type { LabSocket, LabTransport } from '../lab-socket.ts';

const OVER: Readonly<Record<LabTransport, string>> = {
  websocket: 'over WebSocket',
  'xhr-streaming': 'over SockJS, streaming',
  'xhr-polling': 'over SockJS, polling',
};

/** Where one sends a frame of one's own, also a broken one, on a connection on which nothing depends. */
export function Sender({ socket }: { socket: LabSocket }) {
  const [text, setText] = useState(presets[0]?.text ?? '');
  const state = socket.state.value;
  return (
    <section class="lab-sender" aria-label="Send a frame of your own">
      <div class="lab-sender-head">
        <h2>Send a frame</h2>
        <select
          class="lab-select"
          aria-label="Connect over"
          data-testid="lab-over"
          value={socket.transport.value}
          disabled={state !== 'closed'}
          onChange={({ currentTarget }) => {
            socket.transport.value = currentTarget.value as LabTransport; // its options are those of the record
          }}
        >
          {Object.entries(OVER).map(([transport, name]) => (
            <option key={transport} value={transport}>
              {name}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button small"
          data-testid="lab-connect"
          data-state={state}
          onClick={() => (state === 'closed' ? socket.connect() : socket.close())}
        >
          {state === 'closed' ? 'Connect' : state === 'open' ? 'Disconnect' : 'Connecting…'}
        </button>
        <select
          class="lab-select"
          aria-label="Begin with"
          data-testid="lab-preset"
          onChange={(event) => setText(presets[event.currentTarget.selectedIndex]?.text ?? '')}
        >
          {presets.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      <textarea
        class="lab-frame"
        data-testid="lab-frame"
        aria-label={`The frame; ${NUL_SIGN} stands for NUL`}
        rows={8}
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div class="lab-sender-foot">
        <span class="muted">
          A connection of its own: what is broken here breaks nothing else. {NUL_SIGN} stands for NUL.
        </span>
        <button
          type="button"
          class="button primary"
          data-testid="lab-send"
          disabled={state !== 'open'}
          onClick={() => socket.send(text)}
        >
          Send
        </button>
      </div>
    </section>
  );
}
