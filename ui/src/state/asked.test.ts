import { describe, expect, it } from 'vitest';
import { Asked } from './asked.svelte';

const fault = { code: 'unreadable' as const, what: 'It cannot be read.', next: null };

describe('a question', () => {
  it('drops a late answer to an outdated question', async () => {
    const asked = new Asked<string>();
    let answerFirst: (word: string) => void = () => undefined;
    const first = asked.ask(() => new Promise<string>((answer) => (answerFirst = answer)));
    await asked.ask(() => Promise.resolve('second'));
    answerFirst('first');
    expect(await first).toBeNull();
    expect(asked.answer).toBe('second');
  });

  it('keeps the old answer beside a fault', async () => {
    const asked = new Asked<string>();
    await asked.ask(() => Promise.resolve('here'));
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    await asked.ask(() => Promise.reject(fault));
    expect(asked.answer).toBe('here');
    expect(asked.fault).toEqual(fault);
    expect(asked.waiting).toBe(false);
  });

  it('does not hide a mistake of ours as a fault', async () => {
    await expect(new Asked().ask(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});
