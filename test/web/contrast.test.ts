import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('../../web/src/styles/tokens.css', import.meta.url), 'utf8');

/** The colours of a scheme by their token. */
function colours(scheme: 'light' | 'dark'): Map<string, string> {
  const pairs = css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
  return new Map([...pairs].map(([, name = '', light = '', dark = '']) => [name, scheme === 'light' ? light : dark]));
}

/** Relative luminance (WCAG 2.2, definition). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const texts = ['text', 'muted', 'accent', 'up', 'down'];
const grounds = ['panel', 'raised', 'hover', 'accent-soft', 'own'];

for (const scheme of ['light', 'dark'] as const) {
  const token = colours(scheme);
  const ratio = (text: string, ground: string): number => contrast(token.get(text) ?? '', token.get(ground) ?? '');

  test(`in the ${scheme} colours every text can be read on every ground (WCAG AA)`, () => {
    for (const text of texts) {
      for (const ground of grounds) {
        // No prices are shown in one's own messages.
        if (ground === 'own' && (text === 'up' || text === 'down')) continue;
        assert.ok(ratio(text, ground) >= 4.5, `${text} on ${ground}: ${ratio(text, ground).toFixed(2)}`);
      }
    }
    assert.ok(ratio('warn', 'panel') >= 4.5 && ratio('warn', 'warn-soft') >= 4.5);
  });

  test(`in the ${scheme} colours controls and candles stand out from their ground`, () => {
    for (const graphic of ['control-line', 'up-fill', 'down-fill']) {
      assert.ok(ratio(graphic, 'panel') >= 3, `${graphic}: ${ratio(graphic, 'panel').toFixed(2)}`);
    }
  });
}
