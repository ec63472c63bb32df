import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';

/** How many people are here. */
export function Users() {
  const { chat } = useApp();
  const presence = chat.presence.value;
  if (presence === undefined) return null;
  const { users, connections, instances } = presence;
  const text = `${people(users)} here, on ${plural(connections, 'connection')} to ${plural(instances, 'server')}`;
  return (
    <span class="users" data-testid="users" data-count={users} title={text}>
      <Icon name="people" />
      <span aria-hidden="true">{users.toLocaleString('en-US')}</span>
      <span class="visually-hidden">{text}</span>
    </span>
  );
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count.toLocaleString('en-US')} people`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
