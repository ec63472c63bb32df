/** In the message list the arrow keys go from message to message, `c` copies the one that has the focus, `m` moderates it, Escape leaves it. */
export function moveBetweenMessages(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
  const list = event.currentTarget;
  const message = event.target.closest<HTMLElement>('.message');
  switch (event.key) {
    case 'ArrowUp':
    case 'ArrowDown': {
      const next = message === null ? lastSeen(list) : neighbour(message, event.key === 'ArrowUp' ? -1 : 1);
      event.preventDefault();
      next?.focus({ preventScroll: true });
      next?.scrollIntoView({ block: 'nearest' });
      return;
    }
    case 'c':
      message?.querySelector<HTMLElement>('[data-action="copy"]')?.click();
      return;
    case 'm': {
      const button = message?.querySelector<HTMLElement>('[data-action="moderate"]');
      if (button) event.preventDefault();
      button?.click();
      return;
    }
    case 'Escape':
      if (message !== null) list.focus({ preventScroll: true });
  }
}

/** The lowest message that is wholly in sight. */
function lastSeen(list: HTMLElement): HTMLElement | undefined {
  const { bottom } = list.getBoundingClientRect();
  const messages = [...list.querySelectorAll<HTMLElement>('.message')];
  return messages.findLast((message) => message.getBoundingClientRect().bottom <= bottom + 1);
}

function neighbour(message: HTMLElement, step: -1 | 1): HTMLElement | undefined {
  const messages = [...(message.parentElement?.querySelectorAll<HTMLElement>('.message') ?? [])];
  return messages[messages.indexOf(message) + step];
}
