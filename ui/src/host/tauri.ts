/**
 * The host of the product: hands each command to the program through Tauri.
 *
 * The only file that knows Tauri. It decides nothing: it passes on, and turns whatever goes wrong on the way into a
 * `Fault` without repeating a word of it, because an error text could hold what a person typed.
 */

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { commandNames, type Commands } from './generated/commands';
import type { Fault } from './generated/Fault';
import { isFault, type Drag, type Host } from './host';
import { text } from '../text/en';

const unknownFault: Fault = { code: 'internal', what: text.faults.unanswered, next: 'retry' };

async function give<Name extends keyof Commands>(
  name: Name,
  ask: Commands[Name]['ask'],
): Promise<Commands[Name]['answer']> {
  try {
    return await invoke<Commands[Name]['answer']>(name, { ask });
  } catch (caught) {
    // Screens and controllers branch on `Fault.code`, hence a plain object and not an Error.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw isFault(caught) ? caught : unknownFault;
  }
}

// Tauri's own events of a drag carry paths; the program sends its own, which says only what the drag does.
function onDrag(heard: (drag: Drag) => void): () => void {
  const listening = listen<Drag>('drag', ({ payload }) => {
    heard(payload);
  });
  return () => {
    void listening.then((stop) => {
      stop();
    });
  };
}

/** The program behind the window. */
export function connect(): Host {
  const answers = Object.fromEntries(
    commandNames.map((name) => [name, (ask: Commands[typeof name]['ask']) => give(name, ask)]),
  ) as unknown as Omit<Host, 'onDrag'>;
  return { ...answers, onDrag };
}
