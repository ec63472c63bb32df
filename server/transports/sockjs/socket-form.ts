import { webSocket } from '../../protocol/sockjs/forms.ts';
import { closeFrame, GO_AWAY, HEARTBEAT, OPEN } from '../../protocol/sockjs/frames.ts';
import { decodeMessages, decodeText } from '../../protocol/sockjs/messages.ts';
import type { Watched, Wheel } from '../../session/wheel.ts';
import { closeCode, type MessageForm, type WebSocketPipe } from '../websocket-pipe.ts';
import { BEAT } from './session.ts';
import { wireOf } from './wire.ts';

const HEARTBEAT_FRAME = webSocket.frame(HEARTBEAT);

/** SockJS's own frames on a WebSocket, with heart-beats from the wheel. */
export function socketForm(wheel: Wheel): MessageForm {
  const beats = new Map<WebSocketPipe, Watched>();
  return {
    wire: wireOf(webSocket),
    greeting: webSocket.frame(OPEN),
    farewell: (code) => webSocket.frame(code === undefined ? GO_AWAY : closeFrame(closeCode(code), code)),
    decode(message) {
      // sockjs-protocol 0.3.3, `Websocket.test_empty_frame`.
      if (message.length === 0) return message;
      const text = decodeText(message);
      return text === undefined ? undefined : decodeMessages(text);
    },
    opened(pipe) {
      const beating: Watched = {
        slot: -1,
        look() {
          pipe.beat(HEARTBEAT_FRAME);
          return BEAT;
        },
      };
      beats.set(pipe, beating);
      wheel.add(beating, BEAT);
    },
    ended(pipe) {
      const beating = beats.get(pipe);
      if (beating !== undefined) wheel.remove(beating);
      beats.delete(pipe);
    },
  };
}
