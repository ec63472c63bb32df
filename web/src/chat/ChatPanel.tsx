import { useApp } from '../app/context.ts';
import { MessageMenu } from '../moderation/MessageMenu.tsx';
import { ModeratorSignIn } from '../moderation/ModeratorSignIn.tsx';
import { PanelDialog } from '../moderation/PanelDialog.tsx';
import { RoomControls } from '../moderation/RoomControls.tsx';
import { Composer } from './Composer.tsx';
import { MessageList } from './MessageList.tsx';
import { NameField } from './NameField.tsx';
import { Rooms } from './Rooms.tsx';
import { TypingLine } from './TypingLine.tsx';
import { Users } from './Users.tsx';

/** The right side: the room. */
export function ChatPanel() {
  const { view } = useApp();
  return (
    <section class="panel chat" aria-label="Chat">
      <div class="panel-head">
        <h2 class="headline">
          <span class="headline-symbol">Chat</span>
        </h2>
        <Users />
        <NameField />
      </div>
      <Rooms />
      <RoomControls />
      <MessageList />
      <TypingLine />
      <Composer />
      <MessageMenu />
      <ModeratorSignIn />
      <PanelDialog />
      <div class="visually-hidden" aria-live="polite">
        {view.spoken.value}
      </div>
    </section>
  );
}
