import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { ListTop } from './ListTop.tsx';
import { Message } from './Message.tsx';
import { rowsOf } from './rows.ts';
import { ScrollKeeper } from './scroll-keeper.ts';
import { dayOf, dayText } from './times.ts';

/** The room's messages: stays at the newest while the user is there, and keeps the user's place while not. */
export function MessageList() {
  const { chat, connection, view } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const keeper = useRef<ScrollKeeper | undefined>(undefined);
  const messages = chat.messages.value;
  useEffect(() => {
    if (scroller.current === null) return;
    const made = new ScrollKeeper(scroller.current, {
      atNewest: (yes) => {
        view.atNewest.value = yes;
      },
      nearOldest: () => void connection.older(),
    });
    keeper.current = made;
    made.keep(undefined);
    return () => made.stop();
  }, []);
  useLayoutEffect(() => keeper.current?.keep(messages[0]?.seq), [messages, chat.complete.value]);
  // One's own message is looked at, wherever one was.
  const newest = messages.at(-1);
  const sending = newest?.state === 'sending' ? newest.id : undefined;
  useLayoutEffect(() => {
    if (sending !== undefined) keeper.current?.toNewest();
  }, [sending]);
  const now = Date.now();
  return (
    <div class="message-area">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <div class="messages" ref={scroller} role="log" aria-live="off" aria-label="Messages" tabIndex={0}>
        <ListTop />
        <ol class="message-rows" data-testid="messages">
          {rowsOf(messages, dayOf).map((row) =>
            row.kind === 'day' ? (
              <li key={row.key} class="day">
                <span>{dayText(row.time, now)}</span>
              </li>
            ) : (
              <Message key={row.key} message={row.message} head={row.head} own={chat.isOwn(row.message)} />
            ),
          )}
        </ol>
      </div>
      {!view.atNewest.value && (
        <button type="button" class="to-newest" data-testid="to-newest" onClick={() => keeper.current?.toNewest()}>
          {chat.unread.value > 0 ? `${chat.unread.value.toLocaleString('en-US')} new` : 'Newest'}
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}
