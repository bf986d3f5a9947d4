/**
 * What the palette offers for what is typed: commands that can run now, bundles, and looks.
 *
 * Pure: it asks the program for nothing, because looking for a person is a look.
 */

import { text } from '../text/en';
import type { Desk } from './desk.svelte';
import { bindingOf, commandIds, type CommandId } from './keys.svelte';

export interface PaletteEntry {
  key: string;
  kind: keyof typeof text.palette.kinds;
  title: string;
  command?: CommandId;
  run: () => void;
}

const SCREENS: CommandId[] = ['overview', 'timeline', 'patients', 'users', 'integrity', 'log', 'settings'];

const holds = (title: string, typed: string) => title.toLowerCase().includes(typed.toLowerCase());

export function entriesFor(desk: Desk, typed: string): PaletteEntry[] {
  const wanted = typed.trim();
  const commands = commandIds
    .filter((id) => bindingOf(id).palette === true && desk.keys.can(id) && holds(text.commands[id], wanted))
    .map((id): PaletteEntry => ({
      key: id,
      kind: SCREENS.includes(id) ? 'screen' : 'command',
      title: text.commands[id],
      command: id,
      run: () => desk.keys.run(id),
    }));
  const bundles = (desk.bundles.answer?.bundles ?? [])
    .map(({ bundle, name, period, badge }): PaletteEntry => ({
      key: `bundle ${bundle}`,
      kind: 'bundle',
      title: `${name} · ${period} · ${badge.word}`,
      run: () => {
        desk.openBundle(bundle);
      },
    }))
    .filter(({ title }) => holds(title, wanted));
  return [...commands, ...looksFor(desk, wanted), ...bundles];
}

function looksFor(desk: Desk, wanted: string): PaletteEntry[] {
  if (wanted === '' || desk.bundle === null || desk.logBroken) return [];
  const user = /^user:(.+)$/.exec(wanted)?.[1];
  const patient = /^patient:(.+)$/.exec(wanted)?.[1];
  const filter = /(^|\s)-?[a-z]+:\S/.test(wanted);
  const looks: PaletteEntry[] = [];
  if (user === undefined && (patient !== undefined || !filter)) {
    const id = patient ?? wanted;
    looks.push({
      key: 'chart',
      kind: 'chart',
      title: text.palette.chart(id),
      run: () => {
        desk.turnTo('patient', id);
      },
    });
  }
  if (patient === undefined && (user !== undefined || !filter)) {
    const id = user ?? wanted;
    looks.push({
      key: 'user',
      kind: 'user',
      title: text.palette.user(id),
      run: () => {
        desk.turnTo('user', id);
      },
    });
  }
  looks.push({
    key: 'filter',
    kind: 'filter',
    title: text.palette.filter(wanted),
    run: () => {
      desk.search(wanted);
    },
  });
  return looks;
}
