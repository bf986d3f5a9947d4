import { describe, expect, it, vi } from 'vitest';
import { connect } from '../host/rehearsal/index';
import { Session } from './session.svelte';

const EVENTS = 500;

describe('the session', () => {
  it('hears a refusal for want of a purpose and asks for one', async () => {
    const session = new Session(connect('no-purpose', EVENTS));
    await session.begin();
    const ask = { bundle: 'b', filter: '', and: [], sort: 'time', descending: false };
    await expect(session.host.look(ask)).rejects.toMatchObject({ code: 'purpose_needed' });
    expect(session.askingPurpose).toBe(true);
    await session.givePurpose('PO-2026-014: complaint');
    expect(session.askingPurpose).toBe(false);
    expect((await session.host.look(ask)).total).toBe(EVENTS);
    session.stop();
  });

  it('ends the looks of an earlier purpose', async () => {
    const session = new Session(connect('normal', EVENTS));
    await session.begin();
    const { look } = await session.host.look({
      bundle: 'b',
      filter: '',
      and: [],
      sort: 'time',
      descending: false,
    });
    await session.givePurpose('Another reason');
    await expect(session.host.rows({ look, offset: 0, limit: 10 })).rejects.toMatchObject({
      code: 'not_found',
    });
    session.stop();
  });

  it('closes when the program says that it is locked, whoever locked it', async () => {
    vi.useFakeTimers();
    const host = connect('normal', EVENTS);
    const session = new Session(host);
    await session.begin();
    expect(session.open).toBe(true);
    await host.lock({});
    await vi.advanceTimersByTimeAsync(600);
    expect(session.open).toBe(false);
    expect(session.status.purpose).toBeNull();
    expect(session.start?.stage).toBe('locked');
    session.stop();
    vi.useRealTimers();
  });

  it('follows an import behind the lock, and nothing else', async () => {
    vi.useFakeTimers();
    const session = new Session(connect('importing', EVENTS));
    await session.begin();
    await session.lock();
    await vi.advanceTimersByTimeAsync(600);
    expect(session.open).toBe(false);
    expect(session.status.jobs.map(({ bundle, state }) => [bundle, state])).toEqual([[null, 'running']]);
    expect(session.status.user).toBeNull();
    session.stop();

    const idle = connect('normal', EVENTS);
    const status = vi.spyOn(idle, 'status');
    const other = new Session(idle);
    await other.begin();
    await other.lock();
    await vi.advanceTimersByTimeAsync(600);
    const asked = status.mock.calls.length;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(status).toHaveBeenCalledTimes(asked);
    other.stop();
    vi.useRealTimers();
  });

  it('tells the program whether the person did anything', async () => {
    vi.useFakeTimers();
    const host = connect('normal', EVENTS);
    const status = vi.spyOn(host, 'status');
    const session = new Session(host);
    await session.begin();
    await vi.advanceTimersByTimeAsync(510);
    expect(status).toHaveBeenLastCalledWith({ active: false });
    session.stir();
    await vi.advanceTimersByTimeAsync(510);
    expect(status).toHaveBeenLastCalledWith({ active: true });
    session.stop();
    vi.useRealTimers();
  });
});
