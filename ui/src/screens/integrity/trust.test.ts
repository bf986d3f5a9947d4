import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { SceneName } from '../../host/rehearsal/scene';
import { KEY } from '../../host/rehearsal/trust';
import { at, openWindow, shown, troubles, type } from '../../testing/open';

async function section(scene: SceneName) {
  const { host } = await openWindow(scene, at('integrity'));
  const trust = await screen.findByRole('region', { name: 'Keys and anchors' });
  await within(trust).findByRole('heading', { name: 'Verdicts so far' });
  return { host, trust };
}

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);

/** Presses the first button with these words once it can be pressed. */
async function say(words: string): Promise<void> {
  const button = () =>
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === words);
  await waitFor(() => expect(button()?.disabled).toBe(false));
  await fireEvent.click(button() as HTMLElement);
}

describe('keys', () => {
  it('are claims with their whole fingerprint until somebody types its end and says who vouched', async () => {
    const { host, trust } = await section('normal');
    const pin = vi.spyOn(host, 'pin_key');
    expect(shown()).toContain(KEY);
    expect(trust.textContent).toContain('A claim');
    await say('Pin…');
    expect(await troubles()).toEqual([]);
    const dialog = within(screen.getByRole('dialog'));
    expect(dialog.getByText(KEY)).toBeTruthy();
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Pin' }).disabled).toBe(true);
    type(field('Who vouched for it'), 'R. Lindqvist');
    type(field('Type its last 8 characters'), '0000');
    await say('Pin');
    await dialog.findByText(/at least the last 8 characters/);
    type(field('Type its last 8 characters'), '00000000');
    await say('Pin');
    await dialog.findByText(/do not pin it before you know why/);
    type(field('Type its last 8 characters'), KEY.slice(-12));
    await say('Pin');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(pin.mock.lastCall?.[0]).toMatchObject({ fingerprint: KEY, vouchedBy: 'R. Lindqvist', file: null });
    await waitFor(() => expect(trust.textContent).toContain('12 characters of the fingerprint were typed'));
  });

  it('that are pinned can be revoked from a day on, with a reason', async () => {
    const { trust } = await section('verified');
    await say('Revoke…');
    expect(await troubles()).toEqual([]);
    type(field('Not relied on from'), 'yesterday');
    type(field('Why'), 'The laptop was stolen.');
    await say('Revoke');
    await screen.findByText(/is written as a day/);
    type(field('Not relied on from'), '2026-03-14');
    await say('Revoke');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(trust.textContent).toContain('The laptop was stolen.'));
  });

  it('that are not in the bundle are pinned by a file or by all of their fingerprint', async () => {
    const { host } = await section('not-verified');
    const pin = vi.spyOn(host, 'pin_key');
    await say('Pin another…');
    expect(field('Fingerprint').value).toBe('');
    await say('Choose a key file…');
    await screen.findByLabelText('Type its last 8 characters');
    expect(await troubles()).toEqual([]);
    type(field('Type its last 8 characters'), KEY.slice(-8));
    type(field('Who vouched for it'), 'M. Brandt');
    await say('Pin');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(pin.mock.lastCall?.[0]).toMatchObject({ fingerprint: KEY, file: 1, bundle: null });
  });
});

describe('anchors', () => {
  it('are typed from paper, and withdrawn with a reason', async () => {
    const { host, trust } = await section('normal');
    const add = vi.spyOn(host, 'add_anchor');
    await say('Add an anchor…');
    expect(await troubles()).toEqual([]);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Add' }).disabled).toBe(true);
    type(field('Stream'), '2fa91425');
    type(field('Number of the last record'), '1,204,118');
    type(field('Event id of that record'), '01970a31');
    type(field('Hash of that record'), 'ab'.repeat(32));
    await say('Add');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(add.mock.lastCall?.[0]).toMatchObject({ file: null, stamp: null, lastSeq: '1,204,118' });
    await waitFor(() => expect(trust.textContent).toContain('Record 1,204,118'));
    await say('Withdraw…');
    type(field('Why'), 'Another log.');
    await say('Withdraw');
    await waitFor(() => expect(trust.textContent).toContain('Another log.'));
  });

  it('are read from a file, with a time stamp if there is one', async () => {
    const { host } = await section('normal');
    const add = vi.spyOn(host, 'add_anchor');
    await say('Add an anchor…');
    await say('Choose an anchor file…');
    await screen.findByText('From riverside-head.json');
    await say('Choose its time stamp…');
    await screen.findByText('With the time stamp riverside.tsr');
    expect(await troubles()).toEqual([]);
    await say('Add');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(add.mock.lastCall?.[0]).toMatchObject({ file: 1, stamp: 1 });
  });
});

describe('verdicts', () => {
  it('are listed with what has become history, and the bundle can be checked again', async () => {
    const { host, trust } = await section('normal');
    const check = vi.spyOn(host, 'check_again');
    expect(trust.textContent).toContain('With what is vouched for today');
    expect(trust.textContent).toContain('History');
    await say('Check again');
    await waitFor(() => expect(check).toHaveBeenCalledTimes(1));
  });

  it('cannot be relied on where the trust store is damaged, and that is said', async () => {
    await openWindow('error', at('integrity'));
    await screen.findByText('Step 3 of the trust store cannot be relied on.');
    expect(await troubles()).toEqual([]);
  });
});
