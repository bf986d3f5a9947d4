import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { BUNDLE } from '../../host/rehearsal/bundles';
import { at, openWindow, shown, troubles } from '../../testing/open';

async function compared(scene: 'altered' | 'normal') {
  const opened = await openWindow(scene, at('compare'));
  const act = await screen.findByRole('button', { name: 'Compare' });
  await waitFor(() => expect((act as HTMLButtonElement).disabled).toBe(false));
  const asked = vi.spyOn(opened.host, 'compare');
  await fireEvent.click(act);
  await screen.findByText('Stream by stream');
  return { ...opened, asked };
}

describe('comparing two exports', () => {
  it('begins with this bundle and the one before it, and says what may be said', async () => {
    const { asked } = await compared('normal');
    const [ask] = asked.mock.calls[0] ?? [];
    expect(ask?.later).toEqual({ kind: 'bundle', bundle: BUNDLE });
    expect(ask?.earlier).toEqual({ kind: 'bundle', bundle: '0197a3b1-77de-7f55-a0c4-3d2e1b0f9a88' });
    expect(shown()).toContain('The later export extends the earlier one.');
    expect(screen.queryByRole('button', { name: 'Show both versions' })).toBeNull();
    expect(await troubles()).toEqual([]);
  });

  it('shows both versions only when asked, covered until a reveal', async () => {
    const { host } = await compared('altered');
    const asked = vi.spyOn(host, 'compared_record');
    expect(shown()).toContain('The exports agree up to record 184,217.');
    expect(asked).not.toHaveBeenCalled();
    expect(shown()).not.toMatch(/j\.ricci|m\.lopez/);
    await fireEvent.click(screen.getAllByRole('button', { name: 'Show both versions' })[0] as HTMLElement);
    await waitFor(() => expect(shown()).toContain('⟦covered⟧'));
    expect(document.querySelectorAll('mark')).toHaveLength(2);
    expect(await troubles()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Reveal names' }));
    await waitFor(() => expect(shown()).toContain('Ricci, J.'));
    expect(asked.mock.calls.map(([{ revealed }]) => revealed)).toEqual([false, true]);
  });

  it('takes a file that is not in the vault', async () => {
    await openWindow('normal', at('compare'));
    await fireEvent.click(await screen.findByRole('button', { name: 'Choose a file…' }));
    await waitFor(() =>
      expect(screen.getByLabelText<HTMLSelectElement>('Earlier export').value).toBe('file 1'),
    );
    expect(shown()).toContain('riverside-2026-03.zip · not in the vault');
  });
});

describe('the self-test', () => {
  it('has no score before it ran, then says what was caught and what cannot be', async () => {
    const { host } = await openWindow('normal', at('integrity'));
    const asked = vi.spyOn(host, 'self_test');
    await screen.findByText('This bundle has not been tested yet.');
    await fireEvent.click(screen.getByRole('button', { name: 'Run the self-test' }));
    await screen.findByText(/^Of 50 damaged copies/);
    expect(asked).toHaveBeenCalledWith({ bundle: BUNDLE, rounds: 1 });
    await fireEvent.click(screen.getByRole('button', { name: 'Show every kind' }));
    expect(shown()).toContain('no anchor and no signature covers its end');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(await troubles()).toEqual([]);
  });

  it('says aloud when something was missed', async () => {
    await openWindow('altered', at('integrity'));
    const alarm = await screen.findByText(/^The check missed 1 of the damaged copies/);
    expect(alarm.getAttribute('role')).toBe('alert');
  });

  it('is not offered where nothing could be caught', async () => {
    await openWindow('not-verified', at('integrity'));
    await screen.findByText(/^Records of this kind carry no evidence/);
    expect(screen.queryByRole('button', { name: 'Run the self-test' })).toBeNull();
  });
});
