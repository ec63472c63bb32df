/** The emoji of the picker: what is said most in chats, by the name that `:name:` writes. */
export const EMOJI: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'smile', text: '😄' },
  { name: 'joy', text: '😂' },
  { name: 'wink', text: '😉' },
  { name: 'cool', text: '😎' },
  { name: 'love', text: '😍' },
  { name: 'thinking', text: '🤔' },
  { name: 'neutral', text: '😐' },
  { name: 'sad', text: '😢' },
  { name: 'angry', text: '😠' },
  { name: 'scream', text: '😱' },
  { name: 'sleepy', text: '😴' },
  { name: 'shrug', text: '🤷' },
  { name: 'facepalm', text: '🤦' },
  { name: '+1', text: '👍' },
  { name: '-1', text: '👎' },
  { name: 'clap', text: '👏' },
  { name: 'wave', text: '👋' },
  { name: 'pray', text: '🙏' },
  { name: 'ok', text: '👌' },
  { name: 'muscle', text: '💪' },
  { name: 'eyes', text: '👀' },
  { name: 'heart', text: '❤️' },
  { name: 'fire', text: '🔥' },
  { name: 'tada', text: '🎉' },
  { name: 'rocket', text: '🚀' },
  { name: 'up', text: '📈' },
  { name: 'down', text: '📉' },
  { name: 'money', text: '💰' },
  { name: 'gem', text: '💎' },
  { name: 'bull', text: '🐂' },
  { name: 'bear', text: '🐻' },
  { name: 'whale', text: '🐳' },
  { name: 'moon', text: '🌕' },
  { name: 'coffee', text: '☕' },
  { name: 'beer', text: '🍺' },
  { name: 'bug', text: '🐛' },
  { name: 'bulb', text: '💡' },
  { name: 'warning', text: '⚠️' },
  { name: 'check', text: '✅' },
  { name: 'x', text: '❌' },
];

const byName = new Map(EMOJI.map(({ name, text }) => [name, text]));
const LAST_SHORTCODE = /(^|\s):([\w+-]+):$/;

/** The text with the shortcode that was just finished before `caret` replaced, or undefined where none was. */
export function withEmoji(text: string, caret: number): { readonly text: string; readonly caret: number } | undefined {
  const before = text.slice(0, caret);
  const match = LAST_SHORTCODE.exec(before);
  const emoji = byName.get(match?.[2] ?? '');
  if (match === null || emoji === undefined) return undefined;
  const kept = before.slice(0, match.index) + match[1] + emoji;
  return { text: kept + text.slice(caret), caret: kept.length };
}
