/**
 * Makes what cannot be seen visible.
 *
 * Text that comes from a bundle was written by somebody who may want to deceive: characters that hide, join or turn the
 * reading direction are shown as escapes, so that two ids that look alike are alike.
 */

// Controls, formats, private use, unassigned, surrogates, separators, every space but the plain one, and letters that
// have no ink although they count as letters or marks.
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

const escaped = (character: string) =>
  `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟧`;

/** One line of untrusted text. */
export const visible = (untrusted: string): string => untrusted.replace(UNSEEN, escaped);

/** A record as written: line feeds and tabs stay, because they have a shape of their own. */
export const visibleLines = (untrusted: string): string =>
  untrusted.replace(UNSEEN, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
