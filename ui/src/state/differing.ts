/**
 * Where two texts differ, token by token: what both hold in the same order is not marked, whatever stands around it.
 *
 * Only how a record is shown. Which members differ is told by the check.
 */

export interface Piece {
  text: string;
  differs: boolean;
}

/** A string with its quotes, a word or number, space, or any single character. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|[\p{L}\p{N}_.:+-]+|\s+|./gsu;
/** Pairs of tokens that are held against each other at most; of longer texts all between both ends is marked. */
const PAIRS_MAX = 1_000_000;

const tokensOf = (text: string): string[] => text.match(TOKEN) ?? [];

/** The pieces of both texts, which put together are the texts. */
export function differing(one: string, other: string): [Piece[], Piece[]] {
  if (one === '' || other === '') return [joined([one], [false]), joined([other], [false])];
  const [first, second] = [tokensOf(one), tokensOf(other)];
  const shorter = Math.min(first.length, second.length);
  let start = 0;
  while (start < shorter && first[start] === second[start]) start++;
  let end = 0;
  while (end < shorter - start && first.at(-1 - end) === second.at(-1 - end)) end++;
  const inner = [first, second].map((all) => all.slice(start, all.length - end)) as [string[], string[]];
  const marks = marked(...inner);
  const all = (tokens: string[], own: boolean[]) =>
    joined(tokens, [...Array<boolean>(start).fill(false), ...own, ...Array<boolean>(end).fill(false)]);
  return [all(first, marks[0]), all(second, marks[1])];
}

/** Which tokens are not part of the longest sequence that both hold. */
function marked(one: string[], other: string[]): [boolean[], boolean[]] {
  const marks: [boolean[], boolean[]] = [one.map(() => true), other.map(() => true)];
  if (one.length * other.length > PAIRS_MAX) return marks;
  const width = other.length + 1;
  /** How long that sequence is from a pair of places on. */
  const lengths = new Uint32Array((one.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = one.length - 1; row >= 0; row--)
    for (let column = other.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        one[row] === other[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  let [row, column] = [0, 0];
  while (row < one.length && column < other.length) {
    if (one[row] === other[column]) {
      marks[0][row++] = false;
      marks[1][column++] = false;
    } else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return marks;
}

/** Neighbors of one kind put together. */
function joined(tokens: string[], marks: boolean[]): Piece[] {
  const pieces: Piece[] = [];
  tokens.forEach((text, index) => {
    const differs = marks[index] ?? false;
    const last = pieces.at(-1);
    if (last?.differs === differs) last.text += text;
    else if (text !== '') pieces.push({ text, differs });
  });
  return pieces;
}
