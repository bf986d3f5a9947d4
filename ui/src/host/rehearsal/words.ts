/** Small things the rehearsal's answers are made of: instants, faults, badges. */

import type { Badge } from '../generated/Badge';
import type { Fault } from '../generated/Fault';
import type { FaultCode } from '../generated/FaultCode';
import type { Next } from '../generated/Next';
import type { When } from '../generated/When';

/** Noon of the day everything in the rehearsal happens on. */
export const NOW_MS = Date.UTC(2026, 3, 2, 16, 41, 7);

export const when = (epochMs: number): When => ({ epochMs, recorded: new Date(epochMs).toISOString() });

export const fault = (code: FaultCode, what: string, next: Next | null = null): Fault => ({
  code,
  what,
  next,
});

/** A rejected answer. Faults are plain objects on the wire, so they are here. */
export function refuse(code: FaultCode, what: string, next: Next | null = null): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  return Promise.reject(fault(code, what, next));
}

export const badges: Record<'unsigned' | 'altered' | 'checking' | 'noEvidence' | 'verified' | 'here', Badge> =
  {
    unsigned: {
      seal: 'unsigned',
      word: 'Unsigned',
      reason: 'The records agree with each other, but nothing shows who made this bundle. Anyone could have.',
    },
    altered: {
      seal: 'altered',
      word: 'Altered or damaged',
      reason:
        'Record 184,218 does not match its hash. The records before and after it agree with each other.',
    },
    checking: {
      seal: 'not_verified',
      word: 'Not verified',
      reason: 'The check is still running; 62 % of the records have been read.',
    },
    noEvidence: {
      seal: 'not_verified',
      word: 'Not verified',
      reason: 'Files of this kind hold nothing that could be verified.',
    },
    verified: {
      seal: 'verified',
      word: 'Verified',
      reason: 'All records match what the signer sealed on 1 April 2026.',
    },
    here: {
      seal: 'not_verified',
      word: 'Not verified',
      reason: 'It is signed with a key that nobody has compared with the producer’s yet.',
    },
  };

/** A hash for show: 64 hex digits that follow from a number. */
export function hashOf(number: number): string {
  let state = number ^ 0x9e3779b9;
  let digits = '';
  while (digits.length < 64) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    digits += ((state ^ (state >>> 15)) >>> 0).toString(16).padStart(8, '0');
  }
  return digits.slice(0, 64);
}
