/** Moves focus from pane to pane of the window, in the order they stand in the page. */

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), [tabindex="0"], [tabindex="-1"]';

export function movePane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(here + step + panes.length) % panes.length];
  if (!next) return;
  // In a table the tab stop is the cell that was left; elsewhere the first thing that takes focus.
  const cell = next.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]');
  const target = cell ?? (next.matches('[tabindex]') ? next : next.querySelector<HTMLElement>(FOCUSABLE));
  target?.focus();
}
