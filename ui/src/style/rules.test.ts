import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const sources = import.meta.glob<string>('../**/*.{svelte,ts,css}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const files = Object.entries(sources)
  .map(([path, source]) => ({ path: path.replace(/^\.\.\//, '').replace(/^\.\//, 'style/'), source }))
  .filter(({ path }) => !/generated\/|\.test\.ts$/.test(path));
const components = files.filter(({ path }) => path.endsWith('.svelte'));

const those = (holds: (source: string) => boolean, except: string[] = []) =>
  files.filter(({ path, source }) => !except.includes(path) && holds(source)).map(({ path }) => path);

/** Words that stand in the markup of a component: text, and attributes that are read aloud or shown. */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(visit);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const each = node as AST.SvelteNode;
    if (each.type === 'Text' && /\p{L}/u.test(each.data)) found.push(each.data.trim());
    if (each.type === 'StyleDirective') return;
    if (each.type === 'Attribute') {
      if (['aria-label', 'title', 'placeholder', 'label', 'alt'].includes(each.name)) visit(each.value);
      return;
    }
    for (const [key, value] of Object.entries(each)) if (key !== 'parent') visit(value);
  };
  visit(parse(source, { modern: true }).fragment);
  return found;
}

describe('the front-end', () => {
  it('has colors in tokens.css and nowhere else', () => {
    const colored = (source: string) =>
      /(?<![&\w{/(`'?.=-])#[0-9a-f]{3,8}\b(?!['"])/i.test(source) ||
      /\b(rgba?|hsla?|oklch|oklab)\(/.test(source);
    const styled = components.map(({ path, source }) => ({ path, source: source.split('<style>')[1] ?? '' }));
    expect(styled.filter(({ source }) => colored(source)).map(({ path }) => path)).toEqual([]);
    expect(
      those((source) => colored(source), ['style/tokens.css']).filter((path) => path.endsWith('.css')),
    ).toEqual([]);
    expect(those((source) => /['"`]#[0-9a-f]{6}['"`]/i.test(source))).toEqual([]);
  });

  it('leaves the colors of the seals to the seal', () => {
    const sealed = /--(verified|unsigned|unverified|altered|on-altered)\b/;
    expect(those((source) => sealed.test(source), ['style/tokens.css', 'parts/SealBadge.svelte'])).toEqual(
      [],
    );
  });

  it('has words in text/ and nowhere else', () => {
    const spoken = components.flatMap(({ path, source }) =>
      wordsIn(source).map((word) => `${path}: ${word}`),
    );
    expect(spoken).toEqual([]);
  });

  it('keeps nothing in the browser and opens nothing on the network', () => {
    const banned =
      /localStorage|sessionStorage|indexedDB|document\.cookie|fetch\(|XMLHttpRequest|WebSocket|sendBeacon/;
    // Controllers name their own page readers `fetch`; the window's is never called.
    const source = (path: string) =>
      path === 'state/pages.svelte.ts' || /state\/(listing|access-log)/.test(path);
    expect(those((text) => banned.test(text)).filter((path) => !source(path))).toEqual([]);
    expect(those((text) => /(window|globalThis|self)\.fetch/.test(text))).toEqual([]);
  });

  it('never asks the engine for its language', () => {
    expect(those((source) => source.includes('navigator.language'))).toEqual([]);
    expect(those((source) => /toLocale\w*String\(\s*\)/.test(source))).toEqual([]);
  });

  it('has no style attributes and no raw HTML, which the policy of the window forbids', () => {
    expect(
      components.filter(({ source }) => /\sstyle="|\{@html/.test(source)).map(({ path }) => path),
    ).toEqual([]);
  });

  it('knows Tauri in one file', () => {
    expect(those((source) => source.includes("from '@tauri-apps"))).toEqual(['host/tauri.ts']);
  });

  it('has components that fit in a head', () => {
    const LINES_MAX = 350;
    expect(
      components.filter(({ source }) => source.split('\n').length > LINES_MAX).map(({ path }) => path),
    ).toEqual([]);
  });
});
