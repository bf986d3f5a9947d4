/** Long work in words, and what can be done with it. */

import type { Job } from '../host/generated/Job';
import { isFault } from '../host/host';
import { text } from '../text/en';
import { bytes, count, seconds } from '../text/format';
import type { Desk } from './desk.svelte';

export const isAtWork = ({ state }: Job): boolean => state === 'running' || state === 'stopping';

/** The one job there is room for: what is at work, else what failed and was not read yet, else the last. */
export const foremost = (jobs: Job[]): Job | null =>
  // What was begun last is what the person waits for.
  jobs.findLast(isAtWork) ?? jobs.find(({ state }) => state === 'failed') ?? jobs.at(-1) ?? null;

/** How much is done; `null` where that is not measured, or not yet. */
export const amountOf = ({ recordsDone, bytesDone, bytesTotal }: Job): string | null =>
  bytesTotal === 0
    ? null
    : text.frame.job(count(recordsDone), text.common.bytes(bytes(bytesDone), bytes(bytesTotal)));

export const timeLeft = ({ secondsLeft }: Job): string | null =>
  secondsLeft === null ? null : text.frame.timeLeft(seconds(secondsLeft));

/** What came of a job that has ended. */
export const endOf = ({ fault, sentence, what }: Job): string => fault?.what ?? sentence ?? what;

/** What is being done, with the bundle it is done to as soon as that is known. */
export function nameOf(desk: Desk, { what, bundle }: Job): string {
  const name = desk.bundles.answer?.bundles.find((card) => card.bundle === bundle)?.name;
  return name === undefined ? what : text.frame.jobOf(what, name);
}

async function told(desk: Desk, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (caught) {
    if (!isFault(caught)) throw caught;
    desk.session.live.alarm(caught.what);
  }
}

export const cancelJob = (desk: Desk, { job }: Job): Promise<void> =>
  told(desk, () => desk.host.cancel_job({ job }));

export const dismissJob = (desk: Desk, { job }: Job): Promise<void> =>
  told(desk, () => desk.host.dismiss_job({ job }));
