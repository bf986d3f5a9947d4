/**
 * The one door between the page and the program.
 *
 * Every command of the generated table is one function here; whoever implements `Host` must answer them all, or the
 * type checker says so. A refused or failed command rejects with a `Fault`, never with anything else. Besides the
 * commands there are the few things only a window can do.
 */

import type { Commands } from './generated/commands';
import type { Fault } from './generated/Fault';

/** What a drag over the window is doing. */
export type Drag = 'over' | 'left' | 'dropped';

type Answers = {
  [Name in keyof Commands]: (ask: Commands[Name]['ask']) => Promise<Commands[Name]['answer']>;
};

export interface Host extends Answers {
  /** Calls back while something is dragged over the window; what was dropped is asked for with `chosen`. */
  onDrag(heard: (drag: Drag) => void): () => void;
}

/** Whether a caught value is a fault of the program. */
export function isFault(value: unknown): value is Fault {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Fault).code === 'string' &&
    typeof (value as Fault).what === 'string'
  );
}
