/**
 * The words of integrity, in the order of its screens: the report, the coverage map, what rows are marked with. What the
 * program found out comes from the program and is not here.
 */

import type { CheckResult } from '../host/generated/CheckResult';
import type { CompareOutcome } from '../host/generated/CompareOutcome';
import type { CoverageState } from '../host/generated/CoverageState';
import type { RowState } from '../host/generated/RowState';
import type { SelfTestFate } from '../host/generated/SelfTestFate';

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

const results: Record<CheckResult, string> = {
  agrees: 'Agrees',
  notes: 'Agrees, with notes',
  differs: 'Differs',
  partly: 'Partly checked',
  not_checked: 'Not checked',
};

export const integrity = {
  title: 'Integrity',
  checks: 'What was checked',
  results,
  findingsCount: (count: number) => `${count} ${plural(count, 'finding', 'findings')}`,
  partsOf: (what: string) => `${what}: one by one`,
  noFindings: 'Nothing was found that differs.',
  findingsCut: (shown: string, total: string) =>
    `The first ${shown} of ${total} findings, the worst first. The whole report: chartproof verify --format json.`,
  severities: { error: 'Differs', warning: 'Note', info: 'For information' } as Record<string, string>,
  ownHash: ['Hash that is stored', 'Hash that was computed'],
  otherHash: ['Hash expected here', 'Hash found here'],
  notHash: ['Stated', 'Found'],
  failure: {
    first: 'What failed first',
    stands: 'What stands',
    rests: 'What rests on it',
    notVerifiable: 'What cannot be verified, and why',
  },
  proves: 'What this proves',
  provesNothing: 'Nothing.',
  doesNotProve: 'What this does not prove',
  openEvent: 'Open the record',
  onlyStanding: 'Look only at records that stand',
  loading: 'Reading the report…',
  running: 'The check is still running; this is what is known so far.',
  save: 'Save report…',
  saved: (file: string) => `The report is saved as ${file}.`,
};

const states: Record<CoverageState, string> = {
  proven: 'Proven',
  not_covered: 'Not covered',
  missing: 'Missing',
  altered: 'Altered',
  empty: 'No events',
};

const meanings: Record<CoverageState, string> = {
  proven: 'a pinned key or an anchor vouches for all of it',
  not_covered: 'no proof covers it, whether or not its records agree with each other',
  missing: 'records were taken out or cut off',
  altered: 'records contradict their hash or the chain, or a finding names them',
  empty: 'nothing was recorded',
};

export const coverage = {
  title: 'Coverage',
  lead: (step: string, zone: string) =>
    `What may be said of each source over time. One stretch is ${step}, in ${zone}; the worst in it decides.`,
  grid: (step: string) => `Coverage by source, ${step} each. Enter looks at the events of a stretch.`,
  source: 'Source',
  legend: 'Legend',
  states,
  meanings,
  counted: (count: string, word: string) => `${count} ${word}`,
  counts: {
    proven: 'proven',
    stands: 'agreeing, not covered',
    notVerified: 'not verified',
    altered: 'altered',
    missing: 'missing',
  },
  cell: (source: string, time: string, state: string, counts: string) =>
    `${source}, ${time}: ${state}${counts === '' ? '' : `. ${counts}`}`,
  gaps: (count: number, step: string) => (count === 0 ? 'no gap' : `${count} × ${step} without events`),
  undated: (count: string) => `${count} without a time`,
  numbers: 'Show as numbers',
  picture: 'Show as picture',
  time: 'Time',
  state: 'State',
  none: 'No record has a time, so nothing can be placed in it.',
  nothing: 'There is nothing here yet.',
  soFar: 'so far',
  growing: 'So far: the import still runs, and what is counted here may yet grow.',
  further: (count: number) =>
    `${count} further ${plural(count, 'stretch is', 'stretches are')} like the one before and not listed.`,
};

export const rowStates: Record<RowState, string> = {
  proven: 'Proven',
  stands: 'Stands',
  not_verified: 'Not verified',
  beside: 'Beside a gap',
  misplaced: 'In a finding',
  altered: 'Altered',
};

export const rowMeanings: Record<RowState, string> = {
  proven: 'It agrees with its own hash and its neighbors, and a pinned key or an anchor vouches for it.',
  stands: 'It agrees with its own hash and its neighbors.',
  not_verified: 'The check of its bundle has not ended, or nothing can be said of it.',
  beside: 'Records beside it are missing; it agrees with its own hash.',
  misplaced:
    'A finding names it for where it stands, or it lies in a span or segment in which something was altered.',
  altered: 'What it says is not what was recorded, or nobody can tell.',
};

/** The words of the filter `integrity:`. */
export const integrityValues: Record<string, string> = {
  stands: 'stands',
  altered: 'altered or in a finding',
  not_verified: 'not verified',
};

const outcomes: Record<CompareOutcome, string> = {
  identical: 'Identical',
  extends: 'Extends',
  rewritten: 'Rewritten',
  not_comparable: 'Not comparable',
};

export const compare = {
  title: 'Compare two exports',
  lead: 'Two exports of one log are held against each other, record by record: the later one extends the earlier, or shows which record was rewritten. It proves nothing about who did it.',
  offer: 'Compare with another export…',
  offerWhy:
    'An export that was written anew agrees with itself. Only another export of the same log can show that.',
  earlier: 'Earlier export',
  later: 'Later export',
  choose: 'Choose one',
  file: 'Choose a file…',
  folder: 'Choose a folder…',
  fileNote: 'A file is only read, and not kept in the vault.',
  act: 'Compare',
  running: 'Comparing…',
  option: (name: string, period: string, imported: string) => `${name} · ${period} · imported ${imported}`,
  fileOption: (name: string) => `${name} · not in the vault`,
  same: 'Choose two different exports.',
  outcomes,
  meanings: {
    identical: 'Both hold the same records, and neither holds any other.',
    extends: 'What the earlier export holds within the reach of the later one is there, the same.',
    rewritten: 'The later export does not hold something as the earlier one did.',
    not_comparable: 'Not all of it could be compared.',
  } satisfies Record<CompareOutcome, string>,
  reached: (when: string) => `Compared ${when}, on this computer`,
  reversed: 'The two were given in the wrong order, by their content and their dates.',
  records: 'Records',
  created: 'Made',
  ownCheck: 'Its own check',
  noOwnCheck: 'no verdict of today',
  sha256: 'SHA-256',
  which: 'Export',
  exports: 'The two exports',
  streams: 'Stream by stream',
  streamsCut: (shown: string, total: string) => `The first ${shown} of ${total} streams, the worst first.`,
  stream: (id: string) => `Stream ${id}`,
  noStream: 'All events',
  kinds: {
    rewritten: 'Rewritten',
    removed: 'Removed',
    inserted: 'Inserted',
    repeated: 'Repeated',
    reordered: 'Moved',
    unreadable: 'Unreadable',
    not_linked: 'Not linked',
  } as Record<string, string>,
  differingCut: (listed: string, total: string) =>
    `The first differences are listed, about ${listed} of ${total} records that differ.`,
  hashEarlier: 'Hash in the earlier export',
  hashLater: 'Hash in the later export',
  place: (file: string, line: string) => `${file}, line ${line}`,
  members: 'Members that differ',
  open: 'Show both versions',
  close: 'Hide both versions',
  versions: 'Both versions',
  absent: 'It is not in this export.',
  covered: 'Names and other patients are covered here.',
  reveal: 'Reveal names',
  reading: 'Reading both versions…',
  logged: 'Showing them is a look: it goes to the access log.',
};

const fates: Record<SelfTestFate, string> = {
  missed: 'Missed',
  cannot_be_caught: 'Cannot be caught',
  caught: 'Caught',
  not_applicable: 'Cannot be done here',
};

export const selfTest = {
  title: 'Self-test',
  lead: 'Copies of this bundle are damaged in every known way, and each is checked. The score says how far the check can be relied on for this very bundle. The bundle itself is only read.',
  rounds: 'How often every kind of damage is done',
  roundsOf: (rounds: number) => `${rounds} ${plural(rounds, 'time', 'times')}`,
  act: 'Run the self-test',
  again: 'Run it again',
  running: 'The self-test runs',
  cancel: 'Cancel',
  none: 'This bundle has not been tested yet.',
  reached: (when: string, rounds: number, seed: string) =>
    `Ended ${when}; every kind ${rounds} ${plural(rounds, 'time', 'times')}, seed ${seed}`,
  caught: 'Caught',
  cannotBeCaught: 'Cannot be caught by this bundle’s evidence',
  missed: 'Missed',
  alarm: (missed: string) =>
    `The check missed ${missed} of the damaged copies. Do not rely on its verdict for this bundle, and tell whoever makes this program.`,
  kinds: 'Kinds of damage',
  kind: 'What was done',
  fate: 'What became of it',
  by: 'Named by, or why not',
  fates,
  showKinds: 'Show every kind',
  hideKinds: 'Hide the kinds',
};
