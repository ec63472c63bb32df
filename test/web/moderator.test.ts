import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ModerationApi, Unwelcome } from '../../web/src/moderation/moderation-api.ts';
import { Moderator } from '../../web/src/moderation/moderator.ts';
import { memoryPreferences } from './memory-preferences.ts';

const message = { room: 'global', seq: 7, sender: 'Ann' };

/** A moderator at a page of this address, at a server that takes the token `good`. */
function at(fragment: string, { visit = memoryPreferences(), auth = 'guest' as 'guest' | 'jwt' } = {}) {
  const asked: string[] = [];
  const world = {
    fragment,
    fails: undefined as Error | undefined,
    changes: 0,
    /** What is asked now is answered when the test lets it: by `holding`. */
    holds: false,
    mutes: [{ name: 'Eve', room: '', until: 9 }],
  };
  const holding: (() => void)[] = [];
  const ask = async (what: string, token: string): Promise<void> => {
    if (!token.startsWith('good')) throw new Unwelcome('not the token');
    if (world.fails !== undefined) throw world.fails;
    if (world.holds) await new Promise<void>((go) => holding.push(go));
    asked.push(what);
  };
  const entry = { id: 1, time: 1, by: 'mod', action: 'mute', target: 'Eve' };
  const api: ModerationApi = {
    check: async (token) => {
      await ask('check', token);
      return auth;
    },
    rules: async (token) => {
      const { mutes } = world;
      await ask('rules', token);
      return { mutes, words: ['rude'] };
    },
    audit: async (token) => {
      await ask('audit', token);
      return [entry];
    },
    unmute: (token, name, room) => ask(`unmute ${name} ${room}`, token),
    addWord: (token, word) => ask(`refuse ${word}`, token),
    removeWord: (token, word) => ask(`allow ${word}`, token),
    setRoom: (token, { room, slowMode, closed }) => ask(`${room} ${slowMode} ${closed}`, token),
    remove: (token, room, seq) => ask(`remove ${room} ${seq}`, token),
    mute: (token, name, seconds) => ask(`mute ${name} ${seconds}`, token),
  };
  const moderator = new Moderator({
    api,
    visit,
    fragment: {
      get: () => world.fragment,
      clear: () => {
        world.fragment = '';
      },
    },
    changed: () => {
      world.changes++;
    },
  });
  return { asked, holding, moderator, visit, world };
}

test('a token in the address signs in, leaves the address, and is kept for the visit', async () => {
  const { moderator, visit, world } = at('token=good');
  await moderator.begin();
  assert.deepEqual([moderator.active.value, world.fragment, world.changes], [true, '', 1]);
  const reloaded = at('', { visit });
  await reloaded.moderator.begin();
  assert.equal(reloaded.moderator.active.value, true);
});

test('nobody who has no token is asked for one', async () => {
  const { asked, moderator } = at('');
  await moderator.begin();
  assert.deepEqual([moderator.active.value, moderator.asking.value, asked], [false, false, []]);
  await moderator.remove(message);
  assert.deepEqual(asked, [], 'and nothing is done without');
});

test('#moderate opens the form, and so does a wrong token, with what is wrong', async () => {
  const { moderator } = at('moderate');
  await moderator.begin();
  assert.equal(moderator.asking.value, true);
  assert.equal(await moderator.signIn('bad'), false);
  assert.equal(moderator.problem.value, 'not the token');
  assert.equal(await moderator.signIn('good'), true);
  assert.deepEqual([moderator.asking.value, moderator.problem.value], [false, undefined]);
  const wrong = at('token=bad');
  await wrong.moderator.begin();
  assert.deepEqual([wrong.moderator.asking.value, wrong.world.fragment], [true, '']);
});

test('what is done is asked of the server', async () => {
  const { asked, moderator } = at('token=good');
  await moderator.begin();
  asked.length = 0;
  await moderator.remove(message);
  await moderator.mute(message, 600);
  await moderator.setRoom({ room: 'global', slowMode: 0, closed: true });
  assert.deepEqual(asked, ['remove global 7', 'mute Ann 600', 'global 0 true']);
});

test('an act that failed is told and changes nothing; a token that is not taken any more ends it', async () => {
  const { moderator, visit, world } = at('token=good');
  await moderator.begin();
  world.fails = new Error('The store does not answer.');
  await moderator.setRoom({ room: 'global', slowMode: 0, closed: true });
  assert.equal(moderator.active.value, true);
  assert.equal(moderator.problem.value, 'The store does not answer.');
  world.fails = new Unwelcome('The token has expired.');
  await moderator.remove(message);
  assert.deepEqual([moderator.active.value, world.changes], [false, 2]);
  const again = at('', { visit });
  await again.moderator.begin();
  assert.equal(again.moderator.active.value, false, 'it is not kept');
});

test('CONNECT brings the token where guests chat, a user’s own where users sign in, and the shared one beside it', async () => {
  const headers = async (token: string, auth: 'guest' | 'jwt'): Promise<Readonly<Record<string, string>>> => {
    const { moderator } = at(`token=${token}`, { auth });
    await moderator.begin();
    return moderator.connectHeaders;
  };
  assert.deepEqual(await headers('', 'guest'), {});
  assert.deepEqual(await headers('good', 'guest'), { passcode: 'good' });
  assert.deepEqual(await headers('good.claims.signature', 'jwt'), { passcode: 'good.claims.signature' });
  assert.deepEqual(await headers('good', 'jwt'), { 'moderator-token': 'good' });
});

test('the panel shows who is muted, the words and the audit, and reads them again after each change', async () => {
  const { asked, moderator } = at('token=good');
  await moderator.begin();
  const { panel } = moderator;
  asked.length = 0;
  await panel.show();
  assert.deepEqual(
    [panel.open.value, panel.rules.value?.mutes[0]?.name, panel.rules.value?.words, panel.audit.value[0]?.action],
    [true, 'Eve', ['rude'], 'mute'],
  );
  await panel.unmute({ name: 'Eve', room: '' });
  await panel.addWord('worse');
  await panel.removeWord('rude');
  const read = ['rules', 'audit'];
  assert.deepEqual(asked, [...read, 'unmute Eve ', ...read, 'refuse worse', ...read, 'allow rude', ...read]);
});

test('what was still on its way when the panel was opened shows there too, and an older answer changes nothing', async () => {
  const { asked, holding, moderator, world } = at('token=good');
  await moderator.begin();
  world.holds = true;
  const muted = moderator.mute(message, 600);
  const [mute] = holding.splice(0);
  const shown = moderator.panel.show();
  const early = holding.splice(0);
  world.holds = false;
  asked.length = 0;
  world.mutes = [
    { name: 'Eve', room: '', until: 9 },
    { name: 'Ann', room: '', until: 9 },
  ];
  mute?.();
  await muted;
  assert.deepEqual(asked, ['mute Ann 600', 'rules', 'audit']);
  for (const answer of early) answer();
  await shown;
  assert.deepEqual(
    moderator.panel.rules.value?.mutes.map(({ name }) => name),
    ['Eve', 'Ann'],
  );
});

test('a change in the panel that failed stays told', async () => {
  const { asked, moderator, world } = at('token=good');
  await moderator.begin();
  await moderator.panel.show();
  asked.length = 0;
  world.fails = new Error('The list is full.');
  await moderator.panel.addWord('worse');
  assert.deepEqual([moderator.problem.value, asked], ['The list is full.', []]);
});
