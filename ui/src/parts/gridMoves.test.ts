import { describe, expect, it } from 'vitest';
import { destination } from './gridMoves';

const extent = { rows: 100, columns: 6, page: 20 };
const go = (key: string, row: number, column: number, modifiers: KeyboardEventInit = {}) =>
  destination(new KeyboardEvent('keydown', { key, ...modifiers }), { row, column }, extent);

describe('a key in a table', () => {
  it('leads to the neighbors and no further than the edges', () => {
    expect(go('ArrowDown', 3, 2)).toEqual({ row: 4, column: 2 });
    expect(go('ArrowDown', 99, 2)).toEqual({ row: 99, column: 2 });
    expect(go('ArrowUp', 0, 2)).toEqual({ row: -1, column: 2 });
    expect(go('ArrowLeft', 0, 0)).toEqual({ row: 0, column: 0 });
    expect(go('PageDown', -1, 1)).toEqual({ row: 20, column: 1 });
  });

  it('leads to the ends of the row, and with Ctrl of the table', () => {
    expect(go('End', 7, 0)).toEqual({ row: 7, column: 5 });
    expect(go('End', 7, 3, { ctrlKey: true })).toEqual({ row: 99, column: 3 });
    expect(go('Home', 7, 3, { ctrlKey: true })).toEqual({ row: 0, column: 3 });
  });

  it('leaves Back and Forward alone', () => {
    expect(go('ArrowLeft', 7, 3, { altKey: true })).toBeNull();
    expect(go('x', 7, 3)).toBeNull();
  });
});
