/**
 * Two exports of one log: which two, the job that holds them against each other, and what came of it.
 *
 * Nothing here names a person: what records say is asked for by the screen, and dropped with it.
 */

import type { Chosen } from '../host/generated/Chosen';
import type { Compared } from '../host/generated/Compared';
import type { ExportChoice } from '../host/generated/ExportChoice';
import { isFault } from '../host/host';
import type { Desk } from './desk.svelte';

/** What a choice is called in a list of choices: a bundle of the vault, or a file by its token. */
const keyOf = {
  bundle: (bundle: string) => `bundle ${bundle}`,
  file: (token: number) => `file ${token}`,
};

function choiceOf(key: string): ExportChoice | null {
  const [kind, value = ''] = key.split(' ');
  if (kind === 'bundle') return { kind, bundle: value };
  return kind === 'file' ? { kind, token: Number(value) } : null;
}

export class Comparing {
  earlier = $state('');
  later = $state('');
  /** Files that were chosen and are not in the vault. */
  files = $state.raw<Chosen[]>([]);
  job = $state<number | null>(null);
  result = $state.raw<Compared | null>(null);
  /** Why it came to nothing. */
  fault = $state<string | null>(null);
  #desk: Desk;
  /** The bundle that the choice was begun with. */
  #begunFor: string | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Begins with the bundle on the desk, against the last other one of the same name if there is one. */
  begin(): void {
    const { bundle } = this.#desk;
    const cards = this.#desk.bundles.answer?.bundles;
    if (bundle === null || !cards || this.#begunFor === bundle || this.job !== null) return;
    this.#begunFor = bundle;
    this.result = null;
    this.fault = null;
    const own = cards.find((card) => card.bundle === bundle);
    const other = cards.find((card) => card.bundle !== bundle && card.name === own?.name && !card.importing);
    this.later = keyOf.bundle(bundle);
    this.earlier = other ? keyOf.bundle(other.bundle) : '';
  }

  /** What can be chosen: bundles of the vault, newest first, then files. */
  get choices(): ({ key: string } & ({ card: string } | { file: Chosen }))[] {
    const cards = this.#desk.bundles.answer?.bundles ?? [];
    return [
      ...cards
        .filter(({ importing }) => !importing)
        .map(({ bundle }) => ({ key: keyOf.bundle(bundle), card: bundle })),
      ...this.files.map((file) => ({ key: keyOf.file(file.token), file })),
    ];
  }

  get ready(): boolean {
    return this.earlier !== '' && this.later !== '' && this.earlier !== this.later && this.job === null;
  }

  /** Lets the person choose a file or folder for the side that has nothing yet, else for the earlier one. */
  async choose(folder: boolean): Promise<void> {
    this.fault = null;
    try {
      const { chosen } = await this.#desk.host.choose_bundle({ folder });
      if (!chosen) return;
      this.files = [...this.files, chosen];
      if (this.earlier !== '' && this.later === '') this.later = keyOf.file(chosen.token);
      else this.earlier = keyOf.file(chosen.token);
    } catch (caught) {
      this.#failed(caught);
    }
  }

  async go(): Promise<void> {
    const [earlier, later] = [choiceOf(this.earlier), choiceOf(this.later)];
    if (!this.ready || !earlier || !later) return;
    this.fault = null;
    this.result = null;
    try {
      const { job } = await this.#desk.host.compare({ earlier, later });
      this.job = job;
      await this.#ask();
    } catch (caught) {
      this.#failed(caught);
    }
  }

  /** Hears how the job is; asks for the result once it has ended. */
  follow(): void {
    const job = this.#desk.session.status.jobs.find((each) => each.job === this.job);
    if (this.job === null || !job || job.state === 'running' || job.state === 'stopping') return;
    if (job.state === 'done') void this.#ask();
    else {
      this.job = null;
      this.fault = job.fault?.what ?? job.sentence;
    }
  }

  async #ask(): Promise<void> {
    const { job } = this;
    if (job === null) return;
    try {
      const { compared } = await this.#desk.host.compared({ job });
      if (compared === null) return;
      this.result = compared;
      this.job = null;
    } catch (caught) {
      this.#failed(caught);
    }
  }

  #failed(caught: unknown): void {
    if (!isFault(caught)) throw caught;
    this.job = null;
    this.fault = caught.what;
  }
}
