/**
 * Every key of the window, in one table.
 *
 * The palette, tooltips, `aria-keyshortcuts` and the help sheet read this table and nothing else, so that none can
 * drift. Single letters act only while the table or the histogram has focus, and can be switched off. `Ctrl` is the
 * Command key on macOS.
 */

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

export type Where = 'anywhere' | 'grid' | 'histogram';

interface Binding {
  where: Where;
  keys: string[];
  /** Whether the palette offers it. */
  palette?: boolean;
  /** Whether the component moves by itself and the table only explains it. */
  fixed?: boolean;
}

const bindings = {
  palette: { where: 'anywhere', keys: ['Ctrl+K'] },
  openBundle: { where: 'anywhere', keys: ['Ctrl+O'], palette: true },
  filter: { where: 'anywhere', keys: ['Ctrl+F'], palette: true },
  undo: { where: 'anywhere', keys: ['Ctrl+Z'], palette: true },
  redo: { where: 'anywhere', keys: ['Ctrl+Shift+Z'], palette: true },
  overview: { where: 'anywhere', keys: ['Ctrl+1'], palette: true },
  timeline: { where: 'anywhere', keys: ['Ctrl+2'], palette: true },
  patients: { where: 'anywhere', keys: ['Ctrl+3'], palette: true },
  users: { where: 'anywhere', keys: ['Ctrl+4'], palette: true },
  integrity: { where: 'anywhere', keys: ['Ctrl+5'], palette: true },
  log: { where: 'anywhere', keys: ['Ctrl+6'], palette: true },
  settings: { where: 'anywhere', keys: ['Ctrl+7'], palette: true },
  back: { where: 'anywhere', keys: ['Alt+ArrowLeft'] },
  forward: { where: 'anywhere', keys: ['Alt+ArrowRight'] },
  nextPane: { where: 'anywhere', keys: ['F6'] },
  previousPane: { where: 'anywhere', keys: ['Shift+F6'] },
  cancelJob: { where: 'anywhere', keys: ['Ctrl+.'], palette: true },
  copyPlace: { where: 'anywhere', keys: ['Ctrl+Shift+C'], palette: true },
  coverNames: { where: 'anywhere', keys: ['Ctrl+Shift+H'], palette: true },
  print: { where: 'anywhere', keys: ['Ctrl+P'], palette: true },
  purpose: { where: 'anywhere', keys: ['Ctrl+Shift+P'], palette: true },
  lock: { where: 'anywhere', keys: ['Ctrl+L'], palette: true },
  help: { where: 'anywhere', keys: ['F1', '?'], palette: true },
  escape: { where: 'anywhere', keys: ['Escape'], fixed: true },

  move: { where: 'grid', keys: ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown'], fixed: true },
  ends: { where: 'grid', keys: ['Home', 'End', 'Ctrl+Home', 'Ctrl+End'], fixed: true },
  detail: { where: 'grid', keys: ['Enter'] },
  peek: { where: 'grid', keys: ['Space'] },
  onlyThis: { where: 'grid', keys: ['F'] },
  notThis: { where: 'grid', keys: ['Shift+F'] },
  itsUser: { where: 'grid', keys: ['U'] },
  itsPatient: { where: 'grid', keys: ['M'] },
  around: { where: 'grid', keys: ['A'] },
  goToTime: { where: 'grid', keys: ['G'], palette: true },
  copyCell: { where: 'grid', keys: ['C', 'Ctrl+C'] },
  copyRecord: { where: 'grid', keys: ['Shift+C'] },
  check: { where: 'grid', keys: ['X'] },
  checkMore: { where: 'grid', keys: ['Shift+ArrowUp', 'Shift+ArrowDown'], fixed: true },
  checkAll: { where: 'grid', keys: ['Ctrl+A'], fixed: true },
  copyRows: { where: 'grid', keys: ['Shift+X'] },

  barByBar: { where: 'histogram', keys: ['ArrowLeft', 'ArrowRight'], fixed: true },
  extend: { where: 'histogram', keys: ['Shift+ArrowLeft', 'Shift+ArrowRight'], fixed: true },
  barEnds: { where: 'histogram', keys: ['Home', 'End'], fixed: true },
  setRange: { where: 'histogram', keys: ['Enter'], fixed: true },
  closer: { where: 'histogram', keys: ['+'] },
  wider: { where: 'histogram', keys: ['-'] },
  fit: { where: 'histogram', keys: ['0'] },
  clearRange: { where: 'histogram', keys: ['Escape'], fixed: true },
  legend: { where: 'histogram', keys: ['L'] },
} satisfies Record<string, Binding>;

export type CommandId = keyof typeof bindings;

export const commandIds = Object.keys(bindings) as CommandId[];
export const bindingOf = (id: CommandId): Binding => bindings[id];

const onMac = () => typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac OS X');

const CAPS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Escape: 'Esc',
};

/** The caps of one key as a person reads them: "Ctrl", "K". */
export function capsOf(key: string, mac = onMac()): string[] {
  const words = key === '+' ? ['+'] : key.split('+');
  return words.map((word) => (word === 'Ctrl' && mac ? '⌘' : (CAPS[word] ?? word)));
}

/** The keys of a command as `aria-keyshortcuts` wants them. */
export const ariaKeys = (id: CommandId): string =>
  bindings[id].keys
    .map((key) => key.replace('Ctrl', onMac() ? 'Meta' : 'Control').replace(/^\+$/, 'Plus'))
    .join(' ');

/** A title for a button: the words and the first key. */
export const titled = (words: string, id: CommandId): string =>
  `${words} (${capsOf(bindings[id].keys[0] ?? '').join(' ')})`;

/** What was pressed, in the spelling of the table. */
export function pressed(event: KeyboardEvent, mac = onMac()): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const main = mac ? event.metaKey : event.ctrlKey;
  // The shift that makes "?" and "+" out of other keys is part of the key.
  const shift = event.shiftKey && !/^[^A-Z0-9]$/.test(key);
  return `${main ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

const isSingle = (key: string) => key === 'Space' || /^(Shift\+)?[^+]$|^\+$/.test(key);
const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** A field that text is typed into. */
export const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement &&
    !/^(button|checkbox|color|file|image|radio|range|reset|submit)$/.test(target.type));

/** What a field of text does itself: it takes back what was typed, not what was done. */
const OF_TEXT = ['A', 'C', 'V', 'X', 'Y', 'Z', 'Shift+Z'].map((key) => `Ctrl+${key}`);
/** On macOS these move by words. */
const OF_TEXT_ON_MAC = ['Alt+ArrowLeft', 'Alt+ArrowRight'];
const ofText = (key: string) => OF_TEXT.includes(key) || (onMac() && OF_TEXT_ON_MAC.includes(key));

export class Keys {
  /** Whether single letters act at all. */
  singleKeys = $state(true);
  #handlers = new SvelteMap<CommandId, (() => void)[]>();

  /** Says what a command does for now; returns how to take it back. The latest word counts. */
  on(handlers: Partial<Record<CommandId, () => void>>): () => void {
    const entries = Object.entries(handlers) as [CommandId, () => void][];
    // Effects register here; they must not come to depend on what others register.
    untrack(() => {
      for (const [id, run] of entries) this.#handlers.set(id, [...(this.#handlers.get(id) ?? []), run]);
    });
    return () => {
      untrack(() => {
        for (const [id, run] of entries) {
          const rest = (this.#handlers.get(id) ?? []).filter((each) => each !== run);
          if (rest.length > 0) this.#handlers.set(id, rest);
          else this.#handlers.delete(id);
        }
      });
    };
  }

  can(id: CommandId): boolean {
    return this.#handlers.has(id);
  }

  run(id: CommandId): boolean {
    const handler = this.#handlers.get(id)?.at(-1);
    handler?.();
    return handler !== undefined;
  }

  /** Runs what a key means here, if anything. */
  press(event: KeyboardEvent, where: Where): boolean {
    if (event.defaultPrevented || event.isComposing) return false;
    const key = pressed(event);
    if (ofText(key) && isTextField(event.target)) return false;
    const single = isSingle(key);
    if (single && (isTyping(event.target) || (where !== 'anywhere' && !this.singleKeys && key !== 'Space'))) {
      return false;
    }
    if (key === '?' && !this.singleKeys) return false;
    const id = commandIds.find((each) => {
      const binding = bindingOf(each);
      return binding.where === where && binding.fixed !== true && binding.keys.includes(key);
    });
    if (id === undefined || !this.run(id)) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
