/**
 * What can be done with a look: narrow, sort, move, uncover, copy, print. Each becomes a new question, a step that Back
 * leads away from, or a command whose line is in the access log before it happens.
 */

import { tick } from 'svelte';
import type { FilterTerm } from '../host/generated/FilterTerm';
import type { Row } from '../host/generated/Row';
import { isFault } from '../host/host';
import { actionWord, text } from '../text/en';
import { count, instant } from '../text/format';
import { MARKS_MAX } from './checked.svelte';
import type { Desk } from './desk.svelte';
import { withRange, without } from './desk.svelte';
import type { CommandId } from './keys.svelte';
import { PAGE_ROWS } from './pages.svelte';
import { inLines } from './record';
import type { Timeline } from './timeline.svelte';
import type { Question } from './views';

/** Columns of the table that a filter knows. A station is a device or an address, and the filter knows only addresses. */
const FIELD_OF: Record<string, string> = {
  user: 'user',
  action: 'action',
  patient: 'patient',
  resource: 'resource',
  state: 'integrity',
};

export class Browsing {
  /** The column under the cursor. */
  column = 'number';
  /** The band of the histogram that stands out; -1 for none. */
  band = $state(-1);
  /** Rows on their way to paper. */
  printing = $state.raw<Row[] | null>(null);
  #desk: Desk;
  #timeline: () => Timeline;
  #question: () => Question;

  constructor(desk: Desk, timeline: () => Timeline, question: () => Question) {
    this.#desk = desk;
    this.#timeline = timeline;
    this.#question = question;
  }

  /** What keys and the palette can do while a look is on screen. */
  get commands(): Partial<Record<CommandId, () => void>> {
    return {
      undo: () => {
        this.#desk.places.back();
      },
      redo: () => {
        this.#desk.places.forward();
      },
      coverNames: () => void this.coverOrReveal(),
      print: () => void this.print(),
      peek: () => {
        const timeline = this.#timeline();
        timeline.detailOpen = !timeline.detailOpen;
      },
      onlyThis: () => {
        this.#value(false);
      },
      notThis: () => {
        this.#value(true);
      },
      itsUser: () => {
        const row = this.row;
        if (row) this.#desk.turnTo('user', row.userId);
      },
      itsPatient: () => {
        const id = this.row?.patientIds[0];
        if (id !== undefined) this.#desk.turnTo('patient', id);
      },
      around: () => {
        this.around();
      },
      goToTime: () => {
        this.#openGoToTime();
      },
      copyCell: () => void this.copyCell(),
      copyRecord: () => void this.copyRecord(),
      check: () => {
        this.check(this.#timeline().cursor);
      },
      copyRows: () => void this.copyRows(),
      closer: () => void this.#timeline().setFit(true),
      wider: () => void this.#timeline().setFit(false),
      fit: () => void this.#timeline().setFit(!this.#timeline().fit),
      legend: () => {
        const bands = this.#timeline().bins.answer?.bands.length ?? 0;
        this.band = this.band + 1 < bands ? this.band + 1 : -1;
      },
    };
  }

  get row(): Row | undefined {
    const timeline = this.#timeline();
    return timeline.rows?.at(timeline.cursor);
  }

  #terms(): FilterTerm[] {
    return this.#timeline().look?.terms ?? [];
  }

  #ask(change: Partial<Question>): void {
    const filter = this.#timeline().look?.filter ?? this.#question().filter;
    this.#desk.ask({ ...this.#question(), filter, and: [], ...change });
  }

  filter(filter: string): void {
    this.#ask({ filter });
  }

  /** Adds a value as a term; beside a term it replaces, if any. */
  and(field: string, value: string, negated: boolean, replaced: FilterTerm | null): void {
    const filter = replaced?.without;
    this.#ask({ and: [{ field, value, negated }], ...(filter === undefined ? {} : { filter }) });
  }

  range(from: string, to: string): void {
    this.#ask({ filter: withRange(this.#terms(), from, to) });
  }

  clearRange(): void {
    this.#ask({ filter: without(this.#terms(), 'from', 'to') });
  }

  order(sort: string, descending: boolean): void {
    this.#ask({ sort, descending });
  }

  /** The same question once more: after a fault, or because more has been imported. */
  again(): void {
    void this.#timeline().show({ ...this.#question() }, this.#timeline().cursor);
  }

  /** Everything around the event under the cursor. */
  around(): void {
    const epochMs = this.row?.time.epochMs;
    if (epochMs !== null && epochMs !== undefined) this.#desk.around(epochMs);
  }

  #value(negated: boolean): void {
    const row = this.row;
    const field = FIELD_OF[this.column];
    if (!row || field === undefined) return;
    const value = {
      user: row.userId,
      action: row.action,
      patient: row.patientIds[0],
      resource: row.resourceType,
      integrity: row.integrity,
    }[field];
    if (value !== null && value !== undefined && value !== '') this.and(field, value, negated, null);
  }

  #openGoToTime(): void {
    const { sort, descending } = this.#question();
    if (sort !== 'time' || descending) this.#desk.session.live.alarm(text.timeline.goToTimeOrder);
    else this.#desk.opened = 'goToTime';
  }

  async goTo(epochMs: number): Promise<void> {
    this.#desk.opened = 'none';
    const row = await this.#timeline().rowAt(epochMs);
    this.#timeline().cursor = row;
    this.#desk.places.correct({ row });
  }

  async coverOrReveal(): Promise<void> {
    const timeline = this.#timeline();
    if (timeline.look?.revealed === true) {
      this.again();
      this.#desk.session.live.say(text.live.covered);
      return;
    }
    await timeline.reveal();
    this.#desk.session.live.say(text.live.revealed);
  }

  async copyCell(): Promise<void> {
    const row = this.row;
    if (!row) return;
    const words: Record<string, string> = {
      number: String(row.number),
      time: instant(row.time, this.#desk.zone),
      user: row.userId,
      action: actionWord(row.action),
      patient: row.patientIds.join(', '),
      resource: row.resourceType ?? row.eventType,
      station: row.station ?? '',
      state: text.timeline.rowStates[row.state],
    };
    await this.#desk.copy('cell', words[this.column] ?? '', row.eventRef);
  }

  /** The record with what was recomputed, as lines of text. */
  async copyRecord(): Promise<void> {
    const timeline = this.#timeline();
    const row = this.row;
    if (!row) return;
    if (timeline.detail.answer?.row.eventRef !== row.eventRef) await timeline.readDetail(row.eventRef);
    const detail = timeline.detail.answer;
    if (detail?.row.eventRef !== row.eventRef) return;
    await this.#desk.copy('record', inLines(detail), row.eventRef);
  }

  /** Checks a row, or takes that back. */
  check(index: number): void {
    this.#set(index, !this.#timeline().checked.has(index));
  }

  /** Checks a row and the one beside it. */
  checkMore(from: number, to: number): void {
    this.#set(from, true);
    this.#set(to, true);
  }

  checkAll(): void {
    this.#timeline().checked.checkAll();
    this.#sayChecked();
  }

  uncheckAll(): void {
    this.#timeline().checked.clear();
    this.#sayChecked();
  }

  #set(index: number, checked: boolean): void {
    const timeline = this.#timeline();
    const row = timeline.rows?.at(index);
    // What is not here yet is not known, and is not checked unseen.
    if (!row) return;
    if (timeline.checked.set({ index, eventRef: row.eventRef }, checked)) this.#sayChecked();
    else this.#desk.session.live.alarm(text.timeline.checkedMax(count(MARKS_MAX)));
  }

  #sayChecked(): void {
    const total = this.#timeline().look?.total ?? 0;
    const checked = this.#timeline().checked.count(total);
    this.#desk.session.live.say(text.timeline.checked(count(checked), count(total), total));
  }

  /** Copies the checked rows; the program writes their text, and the line before it. */
  async copyRows(): Promise<void> {
    const { look, checked } = this.#timeline();
    if (!look || checked.count(look.total) === 0) return;
    try {
      const { rows } = await this.#desk.host.copy_rows({
        look: look.look,
        all: checked.all,
        rows: checked.marks,
      });
      this.#desk.session.live.say(text.live.copiedRows(rows, count(rows)));
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.#desk.session.live.alarm(caught.what);
    }
  }

  /** Prints the page of rows around the cursor; the look is logged before the dialog opens. */
  async print(): Promise<void> {
    const { look, cursor } = this.#timeline();
    if (!look || look.total === 0) return;
    try {
      const offset = look.total <= PAGE_ROWS ? 0 : Math.max(0, Math.min(cursor, look.total - PAGE_ROWS));
      const { rows } = await this.#desk.host.rows({ look: look.look, offset, limit: PAGE_ROWS });
      this.printing = rows;
      // The dialog stays open after the command has ended, and so does the sheet.
      window.addEventListener('afterprint', () => (this.printing = null), { once: true });
      await tick();
      await this.#desk.host.print_rows({ look: look.look, rows: rows.length });
    } catch (caught) {
      if (!isFault(caught)) throw caught;
      this.printing = null;
      this.#desk.session.live.alarm(caught.what);
    }
  }
}
