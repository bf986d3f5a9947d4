import { describe, expect, it } from 'vitest';
import type { Job } from '../host/generated/Job';
import { amountOf, foremost } from './jobs';

const job = (number: number, state: Job['state'], rest: Partial<Job> = {}): Job => ({
  job: number,
  what: 'Checking and storing',
  bundle: null,
  state,
  recordsDone: 0,
  bytesDone: 0,
  bytesTotal: 0,
  secondsLeft: null,
  sentence: null,
  fault: null,
  badge: null,
  ...rest,
});

describe('long work', () => {
  it('puts what is at work first, then what failed', () => {
    expect(foremost([job(1, 'done'), job(2, 'failed'), job(3, 'stopping')])?.job).toBe(3);
    expect(foremost([job(1, 'failed'), job(2, 'done')])?.job).toBe(1);
    expect(foremost([job(1, 'cancelled'), job(2, 'done')])?.job).toBe(2);
    expect(foremost([])).toBeNull();
  });

  it('tells no amount where none is measured', () => {
    expect(amountOf(job(1, 'running'))).toBeNull();
    expect(amountOf(job(1, 'running', { recordsDone: 7, bytesDone: 1_000, bytesTotal: 4_000 }))).toBe(
      '7 records · 1 kB of 4 kB',
    );
  });
});
