import { render, screen } from '@testing-library/svelte';
import { createRawSnippet, tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Bins } from '../host/generated/Bins';
import { press } from '../testing/open';
import Histogram from './Histogram.svelte';

const START = Date.parse('2026-03-14T04:00:00Z');
const bins: Bins = {
  zone: 'America/New_York',
  step: '1 hour',
  bands: ['read', 'print', 'other'],
  bins: Array.from({ length: 90 }, (_, hour) => ({
    fromMs: START + hour * 3_600_000,
    toMs: START + (hour + 1) * 3_600_000,
    counts: [hour, 1, 0],
    all: 100,
    from: `from ${hour}`,
    to: `to ${hour}`,
  })),
  ticks: [
    { bin: 0, label: '14 Mar' },
    { bin: 24, label: '15 Mar' },
  ],
  niceMax: 100,
  undated: 3,
};

function show(
  range: { fromMs: number | null; toMs: number | null } = { fromMs: null, toMs: null },
  shown: Bins = bins,
) {
  const heard = {
    onrange: vi.fn(),
    onclear: vi.fn(),
    onfit: vi.fn(),
    onkey: vi.fn(() => false),
    say: vi.fn(),
  };
  const children = createRawSnippet(() => ({ render: () => '<p>90 events</p>' }));
  render(Histogram, { props: { bins: shown, ...range, fit: false, band: -1, children, ...heard } });
  return heard;
}

describe('the histogram', () => {
  it('has no axis where no event has a time', () => {
    show({ fromMs: null, toMs: null }, { ...bins, bins: [], ticks: [], undated: 3 });
    expect(screen.getByText('No event has a usable time')).toBeTruthy();
    expect(screen.queryByRole('slider')).toBeNull();
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('says each bar in words', async () => {
    show();
    const bar = screen.getByRole('slider', { name: 'Bar' });
    expect(bar.getAttribute('aria-valuetext')).toBe('14 Mar, 00:00 – 01:00: 1 of 100 events');
    press('ArrowRight', {}, bar);
    await tick();
    expect(bar.getAttribute('aria-valuetext')).toBe('14 Mar, 01:00 – 02:00: 2 of 100 events');
  });

  it('sets a range by keyboard: extend with Shift, set with Enter', () => {
    const { onrange } = show();
    const bar = screen.getByRole('slider', { name: 'Bar' });
    press('ArrowRight', {}, bar);
    press('ArrowRight', { shiftKey: true }, bar);
    press('ArrowRight', { shiftKey: true }, bar);
    press('Enter', {}, bar);
    expect(onrange).toHaveBeenCalledExactlyOnceWith('from 1', 'to 3');
  });

  it('has two handles once there is a range, and Esc clears it', () => {
    const { onclear, onrange } = show({ fromMs: START + 3_600_000, toMs: START + 3 * 3_600_000 });
    const end = screen.getByRole('slider', { name: 'End of the range' });
    press('ArrowRight', {}, end);
    press('Enter', {}, end);
    expect(onrange).toHaveBeenCalledExactlyOnceWith('from 1', 'to 3');
    press('Escape', {}, end);
    expect(onclear).toHaveBeenCalledOnce();
  });

  it('can be read as a table of at most sixty rows', () => {
    show();
    expect(screen.getByRole('table').querySelectorAll('tbody tr').length).toBeLessThanOrEqual(60);
  });

  it('counts what has no time beside the bars', () => {
    show();
    expect(screen.getByText('3 without a time')).toBeTruthy();
  });
});
