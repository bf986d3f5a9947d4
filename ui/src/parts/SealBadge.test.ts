import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Seal } from '../host/generated/Seal';
import SealBadge from './SealBadge.svelte';

const words: Record<Seal, string> = {
  verified: 'Verified',
  unsigned: 'Unsigned',
  not_verified: 'Not verified',
  altered: 'Altered or damaged',
};

describe('the seal', () => {
  it.each(Object.entries(words) as [Seal, string][])(
    '%s always says its word and has its own shape',
    (seal, word) => {
      const { container } = render(SealBadge, { props: { badge: { seal, word, reason: 'Because.' } } });
      expect(screen.getByText(word)).toBeTruthy();
      expect(container.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
      expect(container.querySelector('.seal')?.classList.contains(seal)).toBe(true);
    },
  );

  it('is gray when it is history', () => {
    const badge = { seal: 'verified' as const, word: 'Verified', reason: '' };
    const { container } = render(SealBadge, { props: { badge, past: true } });
    expect(container.querySelector('.seal')?.classList.contains('past')).toBe(true);
  });
});
