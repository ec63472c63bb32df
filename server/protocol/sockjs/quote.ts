/** What browsers garble in transit (sockjs-protocol 0.3.3, "JSON Unicode Encoding"); JSON itself escapes U+0000 to U+001F. */
const GARBLED = /[\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufff0-\uffff]/g;

/** Text as a JSON string that reaches every browser as it is. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(GARBLED, escaped);
}

/**
 * The same once more: text that is a JavaScript string in a script. With `<` escaped neither `</script>` nor `<!--` can
 * stand in it, so it cannot leave its script block (HTML Living Standard, section 4.12.1.3).
 */
export function quoteForScript(text: string): string {
  return quote(text).replaceAll('<', '\\u003c');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
