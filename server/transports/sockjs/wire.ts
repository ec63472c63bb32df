import type { Form } from '../../protocol/sockjs/forms.ts';
import type { Wire } from '../../session/wire.ts';

/** STOMP frames as messages of this form. */
export function wireOf(form: Form): Wire {
  return {
    key: form.key,
    beat: form.message('\n'),
    wrap: ({ buffer, byteOffset, length }) => form.message(Buffer.from(buffer, byteOffset, length).toString()),
  };
}
