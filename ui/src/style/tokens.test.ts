import { describe, expect, it } from 'vitest';
import css from './tokens.css?raw';

/** The colors of a theme by name. */
function themeOf(selector: string): Record<string, string> {
  const start = css.indexOf(selector);
  const block = css.slice(start, css.indexOf('}', start));
  const found: Record<string, string> = {};
  for (const [, name = '', hex = ''] of block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)) found[name] = hex;
  return found;
}

const linear = (hex: string): [number, number, number] => {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};

/** Contrast of WCAG 2. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [red, green, blue] = linear(hex);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** Color as seen with each kind of color blindness at full severity (Machado 2009), on linear light. */
const SIGHTS: Record<string, number[]> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function lab(hex: string, sight: number[]): [number, number, number] {
  const seen = linear(hex);
  const at = (index: number) => sight[index] ?? 0;
  const [red, green, blue] = [0, 3, 6].map((row) =>
    Math.max(0, Math.min(1, at(row) * seen[0] + at(row + 1) * seen[1] + at(row + 2) * seen[2])),
  ) as [number, number, number];
  const curve = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a: string, b: string, sight: number[]) => {
  const [first, second] = [lab(a, sight), lab(b, sight)];
  return Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
};

const pairs = (names: string[]) =>
  names.flatMap((a, index) => names.slice(index + 1).map((b) => [a, b] as const));

describe.each([
  ['light', themeOf(':root,')],
  ['dark', themeOf("[data-theme='dark'] {")],
])('the %s theme', (_, theme) => {
  const color = (name: string) => {
    const hex = theme[name];
    if (hex === undefined) throw new Error(`no token --${name}`);
    return hex;
  };
  const ratio = (a: string, b: string) => contrast(color(a), color(b));
  const grounds = ['bg', 'surface', 'raised', 'sunken', 'selection'];

  it('has text that can be read on every ground', () => {
    for (const text of ['text', 'text-2', 'text-3', 'accent', 'focus']) {
      for (const ground of grounds)
        expect(ratio(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    expect(ratio('on-accent', 'accent')).toBeGreaterThanOrEqual(4.5);
    expect(ratio('accent', 'accent-ground')).toBeGreaterThanOrEqual(4.5);
  });

  it('has edges of controls that can be seen', () => {
    for (const ground of grounds) expect(ratio('border-strong', ground), ground).toBeGreaterThanOrEqual(3);
  });

  it('has seals and alarms that can be read', () => {
    for (const seal of ['verified', 'unsigned', 'unverified', 'altered', 'alarm', 'caution']) {
      expect(ratio(seal, `${seal}-ground`), `${seal} on its ground`).toBeGreaterThanOrEqual(4.5);
      expect(ratio(seal, 'bg'), `${seal} on bg`).toBeGreaterThanOrEqual(4.5);
    }
    expect(ratio('on-altered', 'altered-fill')).toBeGreaterThanOrEqual(4.5);
    for (const ground of ['alarm-ground', 'alarm-hatch', 'caution-ground']) {
      expect(ratio('text', ground), `text on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    expect(ratio('alarm', 'alarm-hatch')).toBeGreaterThanOrEqual(4.5);
  });

  it('has bars that can be seen', () => {
    for (const band of ['band-1', 'band-2', 'band-3'])
      expect(ratio(band, 'bg'), band).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(SIGHTS))('keeps seals and bars apart in %s sight', (_name, sight) => {
    for (const [a, b] of pairs(['verified', 'unsigned', 'unverified', 'altered'])) {
      expect(distance(color(a), color(b), sight), `${a} and ${b}`).toBeGreaterThanOrEqual(20);
    }
    for (const [a, b] of pairs(['band-1', 'band-2', 'band-3'])) {
      expect(distance(color(a), color(b), sight), `${a} and ${b}`).toBeGreaterThanOrEqual(18);
    }
  });
});
