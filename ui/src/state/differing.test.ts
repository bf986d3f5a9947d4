import { describe, expect, it } from 'vitest';
import { differing, type Piece } from './differing';

const textOf = (pieces: Piece[]) => pieces.map(({ text }) => text).join('');
const differs = (pieces: Piece[]) => pieces.filter((piece) => piece.differs).map(({ text }) => text);

describe('two versions', () => {
  it('differ in what both do not hold, and in nothing between', () => {
    const [one, other] = [
      '{"id":"j.ricci","patient":"P-101","hash":"aa01"}',
      '{"id":"m.lopez","patient":"P-101","hash":"bb02"}',
    ];
    const [first, second] = differing(one, other);
    expect([differs(first), differs(second)]).toEqual([
      ['"j.ricci"', '"aa01"'],
      ['"m.lopez"', '"bb02"'],
    ]);
    expect([textOf(first), textOf(second)]).toEqual([one, other]);
  });

  it('show what was added or taken out on its own side', () => {
    const [first, second] = differing('{"a":1}', '{"a":1,"b":"two \\" words"}');
    expect([differs(first), differs(second)]).toEqual([[], [',"b":"two \\" words"']]);
    expect(differing('same', 'same')).toEqual([
      [{ text: 'same', differs: false }],
      [{ text: 'same', differs: false }],
    ]);
  });

  it('are whole where there is nothing to be held against, and cut no character in two', () => {
    expect(differing('one', '')).toEqual([[{ text: 'one', differs: false }], []]);
    expect(differs(differing('x😀', 'x😁')[0])).toEqual(['😀']);
  });

  it('are marked between both ends where they are too long to be held against each other', () => {
    const long = (word: string) => `[${Array.from({ length: 1_500 }, (_, at) => `${word}${at}`).join(',')}]`;
    const [first] = differing(long('a'), long('b'));
    expect(first.map((piece) => piece.differs)).toEqual([false, true, false]);
    expect(textOf(first)).toBe(long('a'));
  });
});
