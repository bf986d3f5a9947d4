/** What the two values are called that a finding holds against each other. */

import type { Finding } from '../host/generated/Finding';
import { text } from '../text/en';

/** Findings that compare the hash something carries with the one it has. */
const OWN_HASH = ['EVENT_MODIFIED', 'CHECKPOINT_MODIFIED', 'FILE_HASH_MISMATCH'];

const isHash = (value: string | null) => value === null || /^([0-9a-f]{64}|[0-9a-f]{128})$/i.test(value);

/** Named by what is carried: only hashes are called hashes, and only what was computed is said to be. */
export function comparedLabels({ code, expected, actual }: Finding): string[] {
  const words = text.integrity;
  if (!isHash(expected) || !isHash(actual)) return words.notHash;
  return OWN_HASH.includes(code) ? words.ownHash : words.otherHash;
}
