import { describe, expect, it } from 'vitest';
import { text } from '../text/en';
import { ariaKeys, bindingOf, capsOf, commandIds, Keys, pressed } from './keys.svelte';

const key = (name: string, modifiers: KeyboardEventInit = {}) =>
  new KeyboardEvent('keydown', { key: name, cancelable: true, ...modifiers });

describe('the table of keys', () => {
  it('has words for every command, and no others', () => {
    expect(Object.keys(text.commands).sort()).toEqual([...commandIds].sort());
  });

  it('gives no key to two commands in one place', () => {
    const taken = commandIds.flatMap((id) =>
      bindingOf(id).keys.map((each) => `${bindingOf(id).where} ${each}`),
    );
    expect(new Set(taken).size).toBe(taken.length);
  });

  it('leaves alone what screen readers and systems keep for themselves', () => {
    const keys = commandIds.flatMap((id) => bindingOf(id).keys);
    for (const each of keys) expect(each).not.toMatch(/Ctrl\+Page|Ctrl\+Alt|Insert|CapsLock/);
  });

  it('speaks the spelling of aria-keyshortcuts', () => {
    expect(ariaKeys('palette')).toBe('Control+K');
    expect(ariaKeys('closer')).toBe('Plus');
    expect(capsOf('Ctrl+K', true)).toEqual(['⌘', 'K']);
  });
});

describe('a pressed key', () => {
  it('is spelled as in the table', () => {
    expect(pressed(key('k', { ctrlKey: true }))).toBe('Ctrl+K');
    expect(pressed(key('F', { shiftKey: true }))).toBe('Shift+F');
    expect(pressed(key('?', { shiftKey: true }))).toBe('?');
    expect(pressed(key('k', { metaKey: true }), true)).toBe('Ctrl+K');
  });

  it('runs the latest handler and falls back when it goes', () => {
    const keys = new Keys();
    const ran: string[] = [];
    keys.on({ undo: () => ran.push('first') });
    const stop = keys.on({ undo: () => ran.push('second') });
    keys.press(key('z', { ctrlKey: true }), 'anywhere');
    stop();
    keys.press(key('z', { ctrlKey: true }), 'anywhere');
    expect(ran).toEqual(['second', 'first']);
  });

  it('does nothing while typing, nor as a letter once letters are switched off', () => {
    const keys = new Keys();
    let ran = 0;
    keys.on({ help: () => ran++, itsUser: () => ran++ });
    const field = document.body.appendChild(document.createElement('input'));
    field.addEventListener('keydown', (event) => keys.press(event, 'anywhere'));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }));
    expect(ran).toBe(0);
    keys.press(key('u'), 'grid');
    expect(ran).toBe(1);
    keys.singleKeys = false;
    keys.press(key('u'), 'grid');
    keys.press(key('?'), 'anywhere');
    expect(ran).toBe(1);
    field.remove();
  });

  it('is the field’s own where it takes back, chooses or copies what was typed', () => {
    const keys = new Keys();
    const ran: string[] = [];
    keys.on({ undo: () => ran.push('undo'), redo: () => ran.push('redo'), lock: () => ran.push('lock') });
    const fields = ['<input />', '<textarea></textarea>', '<input type="checkbox" />'].map((markup) => {
      const holder = document.body.appendChild(document.createElement('div'));
      holder.innerHTML = markup;
      holder.addEventListener('keydown', (event) => keys.press(event, 'anywhere'));
      return holder.firstElementChild as HTMLElement;
    });
    const type = (field: HTMLElement | undefined, name: string, shiftKey = false) => {
      const event = key(name, { ctrlKey: true, bubbles: true, shiftKey });
      field?.dispatchEvent(event);
      return event.defaultPrevented;
    };
    for (const field of fields.slice(0, 2)) {
      expect(type(field, 'z')).toBe(false);
      expect(type(field, 'Z', true)).toBe(false);
      expect(type(field, 'l')).toBe(true);
    }
    expect(ran).toEqual(['lock', 'lock']);
    // A checkbox has nothing of its own to take back.
    expect(type(fields[2], 'z')).toBe(true);
    for (const field of fields) field.parentElement?.remove();
  });

  it('is not swallowed when nobody listens', () => {
    const event = key('l', { ctrlKey: true });
    expect(new Keys().press(event, 'anywhere')).toBe(false);
    expect(event.defaultPrevented).toBe(false);
  });
});
