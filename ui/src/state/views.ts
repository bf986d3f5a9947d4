import type { PersonKind } from '../host/generated/PersonKind';
import type { ValueAsk } from '../host/generated/ValueAsk';

/** A question as a screen asks it: which events, in which order, perhaps about one person. */
export interface Question {
  bundle: string;
  /** Fixed to a patient or a user. */
  person: { kind: PersonKind; id: string } | null;
  /** The filter in text form; `null` for the person's own. */
  filter: string | null;
  and: ValueAsk[];
  sort: string;
  descending: boolean;
}

export const everything = (bundle: string): Question => ({
  bundle,
  person: null,
  filter: '',
  and: [],
  sort: 'time',
  descending: false,
});

export const about = (bundle: string, kind: PersonKind, id: string): Question => ({
  ...everything(bundle),
  person: { kind, id },
  filter: null,
});

/**
 * Questions under numbers, so that the address can stand for them without naming anybody.
 *
 * In memory only, and gone when the vault locks.
 */
export class Views {
  #questions: Question[] = [];

  /** The number of a question; a known question keeps its number. */
  keep(question: Question): number {
    const text = JSON.stringify(question);
    const known = this.#questions.findIndex((each) => JSON.stringify(each) === text);
    if (known >= 0) return known + 1;
    return this.#questions.push(question);
  }

  get(view: number): Question | null {
    return this.#questions[view - 1] ?? null;
  }
}
