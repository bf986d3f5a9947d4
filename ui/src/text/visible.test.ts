import { describe, expect, it } from 'vitest';
import { visible, visibleLines } from './visible';

describe('untrusted text', () => {
  it('shows what turns the reading direction, hides, or has no ink', () => {
    expect(visible('svc\u202eimaging')).toBe('svc⟦U+202E⟧imaging');
    expect(visible('m.lo\u200bpez')).toBe('m.lo⟦U+200B⟧pez');
    expect(visible('a\u00a0b')).toBe('a⟦U+00A0⟧b');
    expect(visible('a\u3164b')).toBe('a⟦U+3164⟧b');
    expect(visible('a\u0000b')).toBe('a⟦U+0000⟧b');
    expect(visible('tag\u{e0041}')).toBe('tag⟦U+E0041⟧');
    expect(visible('half \ud800')).toBe('half ⟦U+D800⟧');
  });

  it('leaves letters of every script as they are', () => {
    for (const name of ['å.nyström', 'o’brien', '田中', 'محمد', 'Ñandú']) expect(visible(name)).toBe(name);
  });

  it('keeps the lines of a record, but not of a value', () => {
    expect(visible('a\nb')).toBe('a⟦U+000A⟧b');
    expect(visibleLines('a\n\tb\r')).toBe('a\n\tb⟦U+000D⟧');
  });
});
