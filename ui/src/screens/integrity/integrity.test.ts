import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { at, openWindow, press, shown, troubles } from '../../testing/open';

describe('the report', () => {
  it('opens the first line that failed, with both hashes and what they mean', async () => {
    await openWindow('altered', at('integrity'));
    await screen.findByText('What failed first');
    const open = [...document.querySelectorAll('details')].filter((line) => line.open);
    expect(open).toHaveLength(1);
    expect(open[0]?.textContent).toContain('EVENT_MODIFIED');
    for (const words of ['Hash that is stored', 'Hash that was computed', 'What stands', 'What rests on it'])
      expect(open[0]?.textContent).toContain(words);
    // Told once, and the others of the line below it.
    expect(shown().match(/EVENT_MODIFIED/g)).toHaveLength(1);
    expect(open[0]?.textContent).toContain('RECORD_UNPARSEABLE');
    expect(await troubles()).toEqual([]);
  });

  it('says of nothing that it was checked where nothing was', async () => {
    await openWindow('not-verified', at('integrity'));
    await screen.findByText('What was checked');
    const lines = [...document.querySelectorAll('.line')].map((line) => line.textContent);
    expect(lines.filter((line) => line.includes('Agrees'))).toEqual([expect.stringContaining('Container')]);
    expect(lines.filter((line) => line.includes('compared'))).toEqual([]);
  });
});

describe('the coverage map', () => {
  it('is one tab stop, tells each stretch, and leads to its events by keyboard', async () => {
    const { host } = await openWindow('altered', at('integrity'));
    const look = vi.spyOn(host, 'look');
    const grid = await screen.findByRole('grid', { name: /^Coverage by source/ });
    expect(grid.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
    const first = grid.querySelector<HTMLElement>('[tabindex="0"]');
    first?.focus();
    for (let day = 0; day < 4; day++) {
      press('ArrowRight', {}, document.activeElement);
      await waitFor(() =>
        expect(document.activeElement?.getAttribute('aria-colindex')).toBe(String(day + 3)),
      );
    }
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^EHR, .*: Altered\. 1 altered, /);
    press('Enter', {}, document.activeElement);
    await waitFor(() => expect(location.hash).toContain('#/timeline'));
    await waitFor(() => expect(look).toHaveBeenCalled());
    expect(look.mock.lastCall?.[0].filter).toMatch(/^from:2026-03-05T05:00:00.*to:2026-03-06T04:59:59/);
    expect(look.mock.lastCall?.[0].and).toEqual([{ field: 'system', value: 'EHR', negated: false }]);
  });

  it('says the same as numbers', async () => {
    await openWindow('altered', at('integrity'));
    await fireEvent.click(await screen.findByRole('button', { name: 'Show as numbers' }));
    const table = within(screen.getByRole('table', { name: 'Coverage' }));
    expect(table.getAllByText('Missing')).toHaveLength(1);
    expect(table.getAllByText('No events')).toHaveLength(2);
    expect(await troubles()).toEqual([]);
  });
});

describe('a row', () => {
  it('says in a word what may be said of it, and what stands can be asked for', async () => {
    await openWindow('altered', at('timeline'));
    const grid = await screen.findByRole('grid', { name: 'Events' });
    await waitFor(() => expect(within(grid).getAllByText('Stands').length).toBeGreaterThan(5));
    await fireEvent.click(screen.getByRole('button', { name: 'Only what stands' }));
    await screen.findByText('integrity is stands');
    expect(screen.queryByRole('button', { name: 'Only what stands' })).toBeNull();
  });
});
