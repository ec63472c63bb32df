import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { ListTop } from './ListTop.tsx';
import { LongList } from './long-list.ts';
import { Message } from './Message.tsx';
import type { ShownMessage } from './message.ts';
import { moveBetweenMessages } from './message-focus.ts';
import { type Row, rowsOf } from './rows.ts';
import { dayOf, dayText } from './times.ts';

/** The room's messages, of which only those near to what is seen are in the document. */
export function MessageList() {
  const { chat, connection, view } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const room = chat.room.value;
  const messages = room.messages.value;
  const firstNew = room.firstNew.value;
  const long = useMemo(
    () =>
      new LongList({
        atNewest: (yes) => {
          view.atNewest.value = yes;
        },
        nearOldest: () => void connection.older(),
      }),
    [],
  );
  const rows = useMemo(() => rowsOf({ messages, firstNew, dayOf }), [messages, firstNew]);
  useMemo(() => long.begin(), [room]);
  useMemo(() => long.setRows(rows), [rows]);
  useEffect(() => {
    if (scroller.current === null || list.current === null) return;
    long.attach(scroller.current, list.current);
    return () => long.detach();
  }, []);
  const span = long.span.value;
  useLayoutEffect(() => long.drawn(), [rows, span, room.complete.value]);
  // One's own message is looked at, wherever one was.
  const newest = messages.at(-1);
  const sending = newest?.state === 'sending' ? newest.id : undefined;
  useLayoutEffect(() => {
    if (sending !== undefined) long.toNewest();
  }, [sending]);
  const now = Date.now();
  return (
    <div class="message-area">
      <div
        class="messages"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label="Messages"
        data-testid="message-scroller"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
        tabIndex={0}
        onKeyDown={moveBetweenMessages}
      >
        <ListTop />
        <ol
          class="message-rows"
          data-testid="messages"
          ref={list}
          style={{ paddingTop: `${span.above}px`, paddingBottom: `${span.below}px` }}
        >
          {rows.slice(span.from, span.to).map((row) => drawnRow(row, now, (message) => chat.isOwn(message)))}
        </ol>
      </div>
      {!view.atNewest.value && (
        <button type="button" class="to-newest" data-testid="to-newest" onClick={() => long.toNewest()}>
          {room.unread.value > 0 ? `${room.unread.value.toLocaleString('en-US')} new` : 'Jump to newest'}
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function drawnRow(row: Row, now: number, isOwn: (message: ShownMessage) => boolean) {
  switch (row.kind) {
    case 'day':
      return (
        <li key={row.key} class="day" data-key={row.key}>
          <span>{dayText(row.time, now)}</span>
        </li>
      );
    case 'new':
      return (
        <li key={row.key} class="day first-new" data-key={row.key} data-testid="first-new">
          <span>New messages</span>
        </li>
      );
    case 'message':
      return <Message key={row.key} rowKey={row.key} message={row.message} head={row.head} own={isOwn(row.message)} />;
  }
}
