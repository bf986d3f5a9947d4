/** How wide what lies beside a screen may be, and how far a key moves its edge; in rem. */
export const SIDE_REM = 23.25;
export const SIDE_REM_MIN = 18;
export const SIDE_REM_MAX = 48;
export const SIDE_STEP_REM = 1;

export const clampedRem = (wanted: number): number =>
  Math.max(SIDE_REM_MIN, Math.min(SIDE_REM_MAX, Math.round(wanted * 4) / 4));

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
