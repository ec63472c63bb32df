/** Where the bytes come from. */
export function Source() {
  return (
    <p class="lab-source" data-testid="lab-source" data-source="browser">
      <b>As the browser tells it.</b> Heads, masking keys and chunks it hides; frames are made again of the messages.
    </p>
  );
}
