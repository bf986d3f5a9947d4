/** Where two texts differ: what stands before it in both, what differs, what stands behind it. */

export interface Pieces {
  before: string;
  differs: string;
  after: string;
}

const whole = (text: string): Pieces => ({ before: text, differs: '', after: '' });

/** The pieces of both texts. A character that takes two code units is never cut in the middle. */
export function differing(one: string, other: string): [Pieces, Pieces] {
  if (one === other || one === '' || other === '') return [whole(one), whole(other)];
  const [first, second] = [Array.from(one), Array.from(other)];
  const shorter = Math.min(first.length, second.length);
  let start = 0;
  while (start < shorter && first[start] === second[start]) start++;
  let end = 0;
  while (end < shorter - start && first.at(-1 - end) === second.at(-1 - end)) end++;
  const cut = (all: string[]): Pieces => ({
    before: all.slice(0, start).join(''),
    differs: all.slice(start, all.length - end).join(''),
    after: all.slice(all.length - end).join(''),
  });
  return [cut(first), cut(second)];
}
