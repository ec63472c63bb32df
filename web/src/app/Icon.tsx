const PATHS = {
  bell: 'M8 1.6a1 1 0 0 1 1 1v.4c1.8.5 3 2.1 3 4v2.2l1.2 2c.3.5 0 1.1-.6 1.1H3.4c-.6 0-.9-.6-.6-1.1L4 9.2V7c0-1.9 1.2-3.5 3-4v-.4a1 1 0 0 1 1-1ZM6.4 13.2h3.2a1.6 1.6 0 0 1-3.2 0Z',
  sun: 'M8 4.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4ZM7.3 1h1.4v2H7.3V1Zm0 12h1.4v2H7.3v-2ZM1 7.3h2v1.4H1V7.3Zm12 0h2v1.4h-2V7.3ZM2.6 3.5l.9-.9L5 4l-1 1-1.4-1.5Zm8.5 8.5 1-1 1.4 1.5-.9.9-1.5-1.4Zm-8.5.5L4 11l1 1-1.5 1.4-.9-.9ZM11.1 4l1.4-1.4.9.9L12.1 5l-1-1Z',
  moon: 'M6.2 2a6 6 0 1 0 7.9 7.7A5.2 5.2 0 0 1 6.2 2Z',
  system:
    'M2.5 2.5h11c.6 0 1 .4 1 1v7c0 .6-.4 1-1 1H9.7l.3 1.5h1v1H5v-1h1l.3-1.5H2.5c-.6 0-1-.4-1-1v-7c0-.6.4-1 1-1Zm.5 1.5v6h10V4H3Z',
  send: 'M1.7 13.6 14.6 8 1.7 2.4l-.1 4.4L9.4 8l-7.8 1.2.1 4.4Z',
  edit: 'm11.3 1.8 2.9 2.9-8.3 8.3-3.6.7.7-3.6 8.3-8.3Zm-7.1 9-.3 1.3 1.3-.3 5.3-5.3-1-1-5.3 5.3Z',
  people:
    'M6 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4ZM1 13.5c0-2.7 2.2-4.4 5-4.4s5 1.7 5 4.4H1Zm10.2-5.6a2.4 2.4 0 0 0 0-4.6 2.4 2.4 0 1 1 0 4.6ZM12.4 13.5c0-1.7-.6-3.1-1.6-4 2.4 0 4.2 1.5 4.2 4h-2.6Z',
  down: 'M8 11.4 2.7 6.1l1.1-1.1L8 9.2 12.2 5l1.1 1.1L8 11.4Z',
  warning: 'M8 1.8 15 14H1L8 1.8Zm-.7 4.7v3.8h1.4V6.5H7.3Zm0 4.8v1.3h1.4v-1.3H7.3Z',
} as const;

export type IconName = keyof typeof PATHS;

/** A small picture beside a text, or under one that only screen readers get. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path fill="currentColor" fill-rule="evenodd" d={PATHS[name]} />
    </svg>
  );
}
