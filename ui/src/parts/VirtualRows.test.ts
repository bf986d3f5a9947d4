import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { press } from '../testing/open';
import VirtualRows from './VirtualRows.svelte';

const columns = [
  { id: 'number', title: '#', minRem: 5, grow: 0, sort: 'number' },
  { id: 'name', title: 'Name', minRem: 8, grow: 1 },
];

function show(total = 1_204_118) {
  const heard = { onsort: vi.fn(), onmove: vi.fn(), onkey: vi.fn(), onopen: vi.fn(), want: vi.fn() };
  const cell = createRawSnippet((row: () => unknown, column: () => string) => ({
    render: () => `<span>${column()} ${String(row())}</span>`,
  }));
  const props = {
    name: 'Events',
    columns,
    total,
    rowPx: 32,
    at: (row: number) => row,
    cell,
    cursor: 0,
    ...heard,
  };
  render(VirtualRows, { props });
  return heard;
}
/** Until the table has moved focus, which it does after it has drawn. */
const rest = () => new Promise((done) => setTimeout(done));
const stops = () => document.querySelectorAll('[tabindex="0"]');
const rowOf = (element: Element | null) => element?.closest('[role=row]')?.getAttribute('aria-rowindex');

describe('a table of any length', () => {
  it('tells its whole length and draws only what is in view', () => {
    show();
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('1204119');
    expect(screen.getAllByRole('row').length).toBeLessThan(200);
  });

  it('has one tab stop, which the arrows move', async () => {
    show();
    expect(stops()).toHaveLength(1);
    const grid = screen.getByRole('grid');
    press('ArrowDown', {}, grid);
    await rest();
    press('ArrowRight');
    await rest();
    expect(stops()).toHaveLength(1);
    expect(document.activeElement?.getAttribute('aria-colindex')).toBe('2');
    expect(rowOf(document.activeElement)).toBe('3');
  });

  it('reaches the last row at once and keeps focus in the page', async () => {
    const { onmove } = show();
    press('End', { ctrlKey: true }, screen.getByRole('grid'));
    await rest();
    expect(rowOf(document.activeElement)).toBe('1204119');
    expect(onmove).toHaveBeenLastCalledWith(1_204_117, 'number');
  });

  it('sorts by the keyboard from its head', async () => {
    const { onsort } = show();
    press('ArrowUp', {}, screen.getByRole('grid'));
    await rest();
    expect(document.activeElement?.getAttribute('role')).toBe('columnheader');
    press('Enter');
    expect(onsort).toHaveBeenCalledExactlyOnceWith('number', false);
  });

  it('hands on the keys it does not know, with the cell they were pressed in', async () => {
    const { onkey } = show();
    press('ArrowDown', {}, screen.getByRole('grid'));
    await rest();
    press('u');
    expect(onkey).toHaveBeenCalledExactlyOnceWith(expect.any(KeyboardEvent), 1, 'number');
  });
});
