// The page takes its types from no server code; that both say the same is checked by `npm run types`, on this file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModerationView as ToldView } from '../../../server/ops/moderating.ts';
import { actionSchema, type InstanceState, type Action as TakenAction } from '../../../server/ops/state.ts';
import type { Action, Instance, ModerationView } from '../../../web/src/ops/instance.ts';

/** Of metrics the server knows only that they are those of prom-client. */
const shown = (state: Omit<InstanceState, 'metrics'>): Omit<Instance, 'metrics'> => state;
const taken = (action: Action): TakenAction => action;
const viewed = (view: ToldView): ModerationView => view;

test('the operator’s page can do what the server takes, and nothing else', () => {
  const names = (schema: object): string[] => JSON.stringify(schema).match(/"const":"[a-z-]+"/g) ?? [];
  const acts: Record<Action['do'], true> = {
    'close-client': true,
    'pause-source': true,
    'resume-source': true,
    drain: true,
    moderate: true,
  };
  const offered = actionSchema.anyOf.flatMap((each) => names(each.properties.do));
  assert.deepEqual(
    offered,
    Object.keys(acts).map((act) => `"const":"${act}"`),
  );
  assert.deepEqual(taken({ do: 'drain' }), { do: 'drain' });
  assert.equal(typeof shown, typeof viewed);
});
