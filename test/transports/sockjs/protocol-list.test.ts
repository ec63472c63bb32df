import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** The tests of sockjs-protocol 0.3.3, by their sections, and those that later editions of its text added. */
const list: Readonly<Record<string, readonly string[]>> = {
  BaseUrlGreeting: ['greeting', 'notFound'],
  IframePage: ['simpleUrl', 'versionedUrl', 'queriedUrl', 'invalidUrl', 'cacheability'],
  InfoTest: ['basic', 'entropy', 'options', 'options_null_origin', 'disabled_websocket'],
  SessionURLs: ['anyValue', 'invalidPaths', 'ignoringServerId'],
  Protocol: ['simpleSession', 'closeSession'],
  WebsocketHttpErrors: ['httpMethod', 'invalidConnectionHeader', 'invalidMethod'],
  // WebsocketHixie76 and WebsocketHybi10 of 0.3.3, by the name that they have since; two drafts are not spoken (haproxy).
  Websocket: ['transport', 'close', 'headersSanity', 'empty_frame', 'reuseSessionId', 'haproxy', 'broken_json'],
  WebsocketHybi10: ['headersSanity', 'firefox_602_connection_header'],
  XhrPolling: [
    ...['options', 'transport', 'invalid_session', 'invalid_json', 'content_types', 'request_headers_cors'],
    'sending_empty_frame',
  ],
  XhrStreaming: ['options', 'transport', 'response_limit'],
  EventSource: ['transport', 'response_limit'],
  HtmlFile: ['transport', 'no_callback', 'invalid_callback', 'response_limit'],
  JsonPolling: [
    ...['transport', 'no_callback', 'invalid_callback', 'invalid_json', 'content_types', 'close'],
    'sending_empty_frame',
  ],
  JsessionidCookie: ['basic', 'xhr', 'xhr_streaming', 'eventsource', 'htmlfile', 'jsonp'],
  RawWebsocket: ['transport', 'close'],
  JSONEncoding: ['xhr_server_encodes', 'xhr_server_decodes'],
  HandlingClose: ['close_frame', 'close_request', 'abort_xhr_streaming', 'abort_xhr_polling'],
  Http10: ['synchronous', 'streaming'],
  Http11: ['synchronous', 'streaming'],
};

/** The names of tests in this folder, as `Section.test`; a name that a table makes is there for each word of its file. */
function namesHere(): Set<string> {
  const names = new Set<string>();
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  for (const file of files) {
    const text = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    const words = [...text.matchAll(/'(\w+)'/g)].map(([, word = '']) => word);
    for (const [, title = ''] of text.matchAll(/['`](\S*\.test_[^'`]*)['`]/g)) {
      const titles = title.includes('${') ? words.map((word) => title.replace(/\$\{.*\}/, word)) : [title];
      for (const each of titles) for (const name of namesIn(each)) names.add(name);
    }
  }
  return names;
}

/** `A.test_b and test_c` is two. */
function namesIn(title: string): string[] {
  let section = '';
  return [...title.matchAll(/(?:(\w+)\.)?\btest_(\w+)/g)].map(([, before, name = '']) => {
    section = before ?? section;
    return `${section}.${name}`;
  });
}

test('every test of the protocol’s own list has one of ours that is named by it', () => {
  const names = namesHere();
  const missing = Object.entries(list).flatMap(([section, tests]) =>
    tests.map((name) => `${section}.${name}`).filter((name) => !names.has(name)),
  );
  assert.deepEqual(missing, []);
});
