/**
 * Everything an unlocked window knows: where it is, which bundle lies on the desk, which questions were asked.
 *
 * Made at each unlock and dropped as a whole at each lock, so that nothing about a person outlives the lock. Screens
 * get it from the context.
 */

import { createContext } from 'svelte';
import type { BundleCard } from '../host/generated/BundleCard';
import type { Bundles } from '../host/generated/Bundles';
import type { CoverageMap } from '../host/generated/CoverageMap';
import type { Chosen } from '../host/generated/Chosen';
import type { FilterTerm } from '../host/generated/FilterTerm';
import type { Look } from '../host/generated/Look';
import type { Overview } from '../host/generated/Overview';
import type { PersonKind } from '../host/generated/PersonKind';
import type { Drag, Host } from '../host/host';
import { isFault } from '../host/host';
import { text } from '../text/en';
import { utc } from '../text/format';
import { Asked } from './asked.svelte';
import { Comparing } from './comparing.svelte';
import type { Arrival } from './importing.svelte';
import { Keys } from './keys.svelte';
import { SIDE_REM } from './panes';
import { Places, type ScreenName } from './place.svelte';
import type { Session } from './session.svelte';
import { about, everything, Views, type Question } from './views';

/** Screens that name persons: nothing of them is asked for before a purpose is given. */
const NAMING: ScreenName[] = ['timeline', 'patients', 'patient', 'users', 'user'];
/** Screens that are about one bundle. */
const OF_BUNDLE: ScreenName[] = ['overview', 'integrity', 'compare', ...NAMING];

const AROUND_MS = 10 * 60_000;

/** What the status bar counts. */
export interface Shown {
  matching: number;
  whole: number;
  row: number | null;
}

export type Opened = 'none' | 'palette' | 'help' | 'goToTime' | 'jobs';

export class Desk {
  readonly session: Session;
  readonly places = new Places();
  readonly views = new Views();
  readonly keys = new Keys();
  readonly bundles = new Asked<Bundles>();
  readonly overview = new Asked<Overview>();
  chosen = $state.raw<Chosen | null>(null);
  /** Why the last choice came to nothing. */
  choiceFault = $state.raw<string | null>(null);
  dragging = $state(false);
  /** How wide what lies beside a screen is, in rem. Until the lock, as everything here. */
  sideRem = $state(SIDE_REM);
  /** The import whose bundle is gone to once it is known. */
  awaited = $state<number | null>(null);
  /** Handovers of this unlock whose answer nobody has put away yet. */
  arrivals = $state.raw<Arrival[]>([]);
  opened = $state<Opened>('none');
  shown = $state.raw<Shown | null>(null);
  /** The look that is on screen, for what acts on it from elsewhere. */
  look = $state.raw<Look | null>(null);

  /** Two exports held against each other; what came of it stays while the vault is open. */
  readonly comparing: Comparing;

  constructor(session: Session) {
    this.session = session;
    this.comparing = new Comparing(this);
  }

  get host(): Host {
    return this.session.host;
  }

  get zone(): string {
    return this.session.settings.zone;
  }

  get screen(): ScreenName {
    return this.places.now.screen;
  }

  get bundle(): string | null {
    return this.places.now.bundle;
  }

  /** The overview of this bundle; never that of the one before. */
  get inside(): Overview | null {
    const overview = this.overview.answer;
    return overview?.card.bundle === this.bundle ? overview : null;
  }

  get card(): BundleCard | null {
    if (this.bundle === null) return null;
    if (this.inside) return this.inside.card;
    return this.bundles.answer?.bundles.find(({ bundle }) => bundle === this.bundle) ?? null;
  }

  get altered(): boolean {
    return this.card?.badge.seal === 'altered';
  }

  /** Whether the screen would name persons before a purpose was given. */
  get purposeMissing(): boolean {
    return NAMING.includes(this.screen) && this.session.status.purpose === null;
  }

  get logBroken(): boolean {
    return this.session.status.logTrouble !== null;
  }

  /** Whether the screen names persons, so that a broken log keeps it shut. */
  get naming(): boolean {
    return NAMING.includes(this.screen);
  }

  get bundleMissing(): boolean {
    return OF_BUNDLE.includes(this.screen) && this.bundle === null;
  }

  async refreshBundles(): Promise<void> {
    await this.bundles.ask(() => this.host.bundles({}));
  }

  async refreshOverview(): Promise<void> {
    const bundle = this.bundle;
    if (bundle === null) this.overview.clear();
    else await this.overview.ask(() => this.host.overview({ bundle }));
  }

  /** Goes to the bundle of an import that was just started, once the program knows which it is. */
  meetAwaited(): void {
    const named = (arrival: Arrival) =>
      this.session.status.jobs.find(({ job }) => job === arrival.job)?.bundle ?? null;
    if (this.arrivals.some((each) => each.bundle === null && named(each) !== null)) {
      this.arrivals = this.arrivals.map((each) => ({ ...each, bundle: each.bundle ?? named(each) }));
    }
    const job = this.session.status.jobs.find((each) => each.job === this.awaited);
    if (!job || job.bundle === null) return;
    this.awaited = null;
    if (this.screen === 'open') this.openBundle(job.bundle);
  }

  openBundle(bundle: string): void {
    this.places.go('overview', { bundle });
  }

  /** Opens the system's chooser and, if something was chosen, the form for it. */
  async choose(folder: boolean): Promise<void> {
    await this.#adopt(() => this.host.choose_bundle({ folder }));
  }

  async chooseSample(altered: boolean): Promise<void> {
    await this.#adopt(() => this.host.sample_bundle({ altered }));
  }

  async #adopt(question: () => Promise<{ chosen: Chosen | null }>): Promise<void> {
    this.choiceFault = null;
    try {
      const { chosen } = await question();
      if (!chosen) return;
      this.chosen = chosen;
      this.places.go('import');
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.choiceFault = caught.what;
    }
  }

  /** The form for what was named when the program was started, or dropped before the vault was open; if anything was. */
  async takeNamed(): Promise<void> {
    await this.#adopt(() => this.host.chosen({}));
  }

  /** What became of the latest handover of the bundle on the desk, until it is put away. */
  get arrival(): Arrival | null {
    return this.arrivals.findLast(({ bundle }) => bundle !== null && bundle === this.bundle) ?? null;
  }

  putAway(arrival: Arrival): void {
    this.arrivals = this.arrivals.filter((each) => each !== arrival);
  }

  /** Something is dragged over the window, or was dropped on it. */
  drag(drag: Drag): void {
    this.dragging = drag === 'over';
    if (drag === 'dropped') void this.takeNamed();
  }

  /** Goes to a question, under its number. */
  ask(question: Question): void {
    const screen = question.person?.kind ?? 'timeline';
    this.places.go(screen, { bundle: question.bundle, view: this.views.keep(question) });
  }

  /** Opens a chart, or what a user did. */
  turnTo(kind: PersonKind, id: string): void {
    if (this.bundle !== null) this.ask(about(this.bundle, kind, id));
  }

  /** Asks for the events that match a filter in text form. */
  search(filter: string): void {
    if (this.bundle !== null) this.ask({ ...everything(this.bundle), filter });
  }

  /** Asks for the events of one stretch of the coverage map, of one source where it can be filtered by. */
  openStretch({ sources, bins }: CoverageMap, source: number, bin: number): void {
    const [row, time] = [sources[source], bins[bin]];
    if (this.bundle === null || !row || !time) return;
    const and = row.system === null ? [] : [{ field: 'system', value: row.system, negated: false }];
    this.ask({ ...everything(this.bundle), filter: `from:${time.from} to:${time.to}`, and });
  }

  /** The question of this place; `null` when its number means nothing any more. */
  question(): Question | null {
    const { view, bundle } = this.places.now;
    if (view !== null) return this.views.get(view);
    return this.screen === 'timeline' && bundle !== null ? everything(bundle) : null;
  }

  /** Asks for everything within ten minutes of an instant, of everybody. */
  around(epochMs: number): void {
    this.search(`from:${utc(epochMs - AROUND_MS)} to:${utc(epochMs + AROUND_MS)}`);
  }

  /** Puts something of the look on screen, or of a record opened by itself, on the clipboard. */
  async copy(what: string, words: string, eventRef: string | null): Promise<void> {
    try {
      await this.host.copy({ look: this.look?.look ?? null, eventRef, what, text: words });
      this.session.live.say(text.live.copied(what));
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.session.live.alarm(caught.what);
    }
  }
}

/** The filter without the terms of some fields. */
export const without = (terms: FilterTerm[], ...fields: string[]): string =>
  terms
    .filter(({ field, negated }) => negated || !fields.includes(field))
    .map((term) => term.text)
    .join(' ');

/** The filter with its range of time replaced; ends as the program printed them. */
export const withRange = (terms: FilterTerm[], from: string, to: string): string =>
  `${without(terms, 'from', 'to')} from:${from} to:${to}`.trim();

export const [getDesk, setDesk] = createContext<Desk>();
