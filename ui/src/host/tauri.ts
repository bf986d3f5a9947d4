/**
 * The host of the product: hands each command to the program through Tauri.
 *
 * The only file that knows Tauri. It decides nothing: it passes on, and turns whatever goes wrong on the way into a
 * `Fault` without repeating a word of it, because an error text could hold what a person typed.
 */

import { invoke } from '@tauri-apps/api/core';
import { listen, TauriEvent } from '@tauri-apps/api/event';
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

function onDrag(heard: (drag: Drag) => void): () => void {
  const events: [TauriEvent, Drag][] = [
    [TauriEvent.DRAG_ENTER, 'over'],
    [TauriEvent.DRAG_LEAVE, 'left'],
    [TauriEvent.DRAG_DROP, 'dropped'],
  ];
  const listening = events.map(([event, drag]) =>
    listen(event, () => {
      heard(drag);
    }),
  );
  return () => {
    for (const each of listening)
      void each.then((stop) => {
        stop();
      });
  };
}

/** The program behind the window. */
export function connect(): Host {
  const answers = Object.fromEntries(
    commandNames.map((name) => [name, (ask: Commands[typeof name]['ask']) => give(name, ask)]),
  ) as unknown as Omit<Host, 'onDrag' | 'print'>;
  return {
    ...answers,
    onDrag,
    print: () => {
      window.print();
    },
  };
}
