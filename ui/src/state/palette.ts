/**
 * What the palette offers for what is typed: commands that can run now, bundles, and looks.
 *
 * Pure: it asks the program for nothing, because looking for a person is a look.
 */

import type { PersonKind } from '../host/generated/PersonKind';
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

/** Words that a filter's terms begin with. */
const FIELDS = [...Object.keys(text.timeline.fields), 'from', 'to'];

/**
 * Whose chart or deeds are meant, if it can be one person: a single bare word, or `user:` or `patient:` and nothing
 * after it. Whatever a filter reads in another way (several terms, "not", "or", quotes, an open end) is a filter.
 */
function personIn(wanted: string): { kind: PersonKind | null; id: string } | null {
  const [, kind, id] = /^(?:(user|patient):)?([^\s",*]+)$/.exec(wanted) ?? [];
  if (id === undefined) return null;
  if (kind === 'user' || kind === 'patient') return { kind, id };
  const field = /^-?([a-z]+):/.exec(id)?.[1];
  return id.startsWith('-') || (field !== undefined && FIELDS.includes(field)) ? null : { kind: null, id };
}

function looksFor(desk: Desk, wanted: string): PaletteEntry[] {
  if (wanted === '' || desk.bundle === null || desk.logBroken) return [];
  const person = personIn(wanted);
  const looks: PaletteEntry[] = [];
  if (person && person.kind !== 'user') {
    looks.push({
      key: 'chart',
      kind: 'chart',
      title: text.palette.chart(person.id),
      run: () => {
        desk.turnTo('patient', person.id);
      },
    });
  }
  if (person && person.kind !== 'patient') {
    looks.push({
      key: 'user',
      kind: 'user',
      title: text.palette.user(person.id),
      run: () => {
        desk.turnTo('user', person.id);
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
