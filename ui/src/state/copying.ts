/**
 * Keeps text from leaving the window by selecting and dragging, which no line of the access log would tell of.
 *
 * What somebody typed into a field is theirs. What a page marks as `quotable` names nobody. Everything else is copied
 * by the program, with `Desk.copy`, after its line is written, and is taken back when the vault locks.
 */

import { isTextField, pressed } from './keys.svelte';

const elementOf = (node: Node): Element | null => (node instanceof Element ? node : node.parentElement);

/** Whether something is selected that does not lie wholly in what is quotable. */
function selectsMore(page: Document): boolean {
  const selection = page.getSelection();
  if (!selection || selection.isCollapsed) return false;
  const ranges = Array.from({ length: selection.rangeCount }, (_, index) => selection.getRangeAt(index));
  return ranges.some((range) => !elementOf(range.commonAncestorContainer)?.closest('.quotable'));
}

/** Stands guard over a page; `refused` is called when something was held back. Returns how to end it. */
export function guardCopying(page: Document, refused: () => void): () => void {
  const copied = (event: Event) => {
    if (isTextField(event.target) || !selectsMore(page)) return;
    event.preventDefault();
    refused();
  };
  const dragged = (event: Event) => {
    if (!isTextField(event.target)) event.preventDefault();
  };
  const keyed = (event: KeyboardEvent) => {
    if (pressed(event) === 'Ctrl+A' && !isTextField(event.target)) event.preventDefault();
  };
  // Before anything on the page can hear them, and stop them on their way.
  const first = { capture: true };
  page.addEventListener('copy', copied, first);
  page.addEventListener('cut', copied, first);
  page.addEventListener('dragstart', dragged, first);
  page.addEventListener('keydown', keyed, first);
  return () => {
    page.removeEventListener('copy', copied, first);
    page.removeEventListener('cut', copied, first);
    page.removeEventListener('dragstart', dragged, first);
    page.removeEventListener('keydown', keyed, first);
  };
}
