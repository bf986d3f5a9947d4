import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardCopying } from './copying';

const happens = (type: string, target: Element) => {
  const event = new Event(type, { bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  return !event.defaultPrevented;
};

const select = (from: Element, to: Element) => {
  const range = document.createRange();
  range.setStartBefore(from.firstChild as Node);
  range.setEndAfter(to.lastChild as Node);
  document.getSelection()?.removeAllRanges();
  document.getSelection()?.addRange(range);
};

describe('text that is selected', () => {
  let refusals = 0;
  let stop: () => void;
  let named: Element;
  let hash: Element;
  let field: HTMLInputElement;

  beforeEach(() => {
    refusals = 0;
    stop = guardCopying(document, () => refusals++);
    document.body.innerHTML =
      '<p id="named">MRN-10482</p><p id="hash" class="quotable"><b>9f</b><i>c3</i></p><input value="typed" /><a href="#/open">x</a>';
    named = document.querySelector('#named') as Element;
    hash = document.querySelector('#hash') as Element;
    field = document.querySelector('input') as HTMLInputElement;
  });

  afterEach(() => {
    stop();
    document.body.innerHTML = '';
  });

  it.each(['copy', 'cut'])('does not leave by %s where it can name somebody', (type) => {
    select(named, named);
    expect(happens(type, named)).toBe(false);
    expect(happens(type, document.body)).toBe(false);
    expect(refusals).toBe(2);
    stop();
    expect(happens(type, named)).toBe(true);
  });

  it('leaves where it names nobody, and not a character more', () => {
    select(hash, hash);
    expect(happens('copy', hash)).toBe(true);
    select(named, hash);
    expect(happens('copy', hash)).toBe(false);
  });

  it('is somebody’s own in a field, whatever is selected beside it', () => {
    select(named, named);
    expect(happens('copy', field)).toBe(true);
    expect(happens('cut', field)).toBe(true);
    expect(happens('dragstart', field)).toBe(true);
    expect(refusals).toBe(0);
  });

  it('is not dragged out, nor is a link', () => {
    select(named, named);
    expect(happens('dragstart', named)).toBe(false);
    expect(happens('dragstart', document.querySelector('a') as Element)).toBe(false);
  });

  it('is not all that is there, outside fields', () => {
    const all = (target: Element) => {
      const event = new KeyboardEvent('keydown', {
        key: 'a',
        ctrlKey: true,
        bubbles: true,
        cancelable: true,
      });
      target.dispatchEvent(event);
      return !event.defaultPrevented;
    };
    expect(all(named)).toBe(false);
    expect(all(field)).toBe(true);
  });
});
