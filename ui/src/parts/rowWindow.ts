/**
 * Which rows of a long table are in view, and where they lie.
 *
 * No engine draws an element of any height: WebKitGTK stops at 33,554,428 px. The spacer is therefore capped, and above
 * the cap the scroll bar is a scale of the table instead of its length: `top`, the offset within the imagined full
 * height, is kept apart from where the scroll bar stands.
 */

export const SPACER_PX_MAX = 16_000_000;
/**
 * No view is taller than this. Before styles apply, or where nothing bounds the table, an engine reports the height of
 * the whole spacer as the view's, and half a million rows would be drawn.
 */
export const VIEW_PX_MAX = 4_000;
/** Rows drawn beyond each edge, so that a small scroll shows no blank. */
const OVERSCAN_ROWS = 8;

export interface RowWindow {
  /** First row drawn. */
  first: number;
  /** Last row drawn; before `first` when there are none. */
  last: number;
}

export const fullPx = (total: number, rowPx: number): number => total * rowPx;
export const spacerPx = (total: number, rowPx: number): number =>
  Math.min(SPACER_PX_MAX, fullPx(total, rowPx));
export const capped = (total: number, rowPx: number): boolean => fullPx(total, rowPx) > SPACER_PX_MAX;

/** The rows to draw. */
export function windowOf(total: number, rowPx: number, viewPx: number, top: number): RowWindow {
  const first = Math.max(0, Math.floor(top / rowPx) - OVERSCAN_ROWS);
  const bottom = top + Math.min(VIEW_PX_MAX, viewPx);
  const last = Math.min(total - 1, Math.ceil(bottom / rowPx) + OVERSCAN_ROWS);
  return { first, last };
}

/** From where the scroll bar stands to the offset within the full height. */
export function topOf(scroll: number, total: number, rowPx: number, viewPx: number): number {
  if (!capped(total, rowPx)) return scroll;
  const share = scroll / Math.max(1, spacerPx(total, rowPx) - viewPx);
  return Math.min(1, share) * (fullPx(total, rowPx) - viewPx);
}

/** From the offset within the full height to where the scroll bar stands. */
export function scrollOf(top: number, total: number, rowPx: number, viewPx: number): number {
  if (!capped(total, rowPx)) return top;
  return (top / Math.max(1, fullPx(total, rowPx) - viewPx)) * (spacerPx(total, rowPx) - viewPx);
}

/** Where a row lies within the spacer; rows far outside the view stay at its edge. */
export function yOf(row: number, top: number, scroll: number, total: number, rowPx: number): number {
  if (!capped(total, rowPx)) return row * rowPx;
  const y = scroll + (row * rowPx - top);
  return Math.max(0, Math.min(spacerPx(total, rowPx) - rowPx, y));
}

/** The offset for a row that was named from elsewhere: where it is if it is in view, else with it in the middle. */
export function topCentering(row: number, top: number, total: number, rowPx: number, viewPx: number): number {
  const near = topShowing(row, top, total, rowPx, viewPx);
  if (Math.abs(near - top) < 1) return near;
  const limit = Math.max(0, fullPx(total, rowPx) - viewPx);
  return Math.max(0, Math.min(limit, (row + 0.5) * rowPx - viewPx / 2));
}

/** The offset that brings a row wholly into view, moving as little as possible. */
export function topShowing(row: number, top: number, total: number, rowPx: number, viewPx: number): number {
  const limit = Math.max(0, fullPx(total, rowPx) - viewPx);
  const rowTop = row * rowPx;
  if (rowTop < top) return rowTop;
  if (rowTop + rowPx > top + viewPx) return Math.min(limit, rowTop + rowPx - viewPx);
  return Math.min(top, limit);
}
