/** Where a key leads within a table; row -1 is its head. */

export interface Cell {
  row: number;
  column: number;
}

interface Extent {
  rows: number;
  columns: number;
  /** Rows that Page Up and Page Down move by. */
  page: number;
}

/** The cell a key leads to; `null` when the key does not move. Keys with other modifiers belong to others. */
export function destination(
  event: KeyboardEvent,
  { row, column }: Cell,
  { rows, columns, page }: Extent,
): Cell | null {
  if (event.altKey || event.shiftKey || event.metaKey) return null;
  const far = event.ctrlKey;
  if (far && event.key !== 'Home' && event.key !== 'End') return null;
  switch (event.key) {
    case 'ArrowUp':
      return { row: Math.max(-1, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(rows - 1, row + 1), column };
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: Math.min(columns - 1, column + 1) };
    case 'PageUp':
      return { row: Math.max(0, row - page), column };
    case 'PageDown':
      return { row: Math.min(rows - 1, Math.max(0, row) + page), column };
    case 'Home':
      return far ? { row: 0, column } : { row, column: 0 };
    case 'End':
      return far ? { row: rows - 1, column } : { row, column: columns - 1 };
    default:
      return null;
  }
}

/** The row that Shift and an arrow check along with the one they leave; `null` for any other key. */
export function besideToCheck(event: KeyboardEvent, row: number, rows: number): number | null {
  if (!event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.key === 'ArrowDown') return Math.min(rows - 1, row + 1);
  return event.key === 'ArrowUp' ? Math.max(0, row - 1) : null;
}
