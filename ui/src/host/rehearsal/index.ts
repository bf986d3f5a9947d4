/**
 * The fixture host: answers every command from an invented hospital, without a program behind the window.
 *
 * For screens to be built, tested and photographed. Never part of the product's bundle (`vite.config.ts` chooses).
 */

import type { Host } from '../host';
import { BUNDLE, cardOf, chosenFile, olderCards, overviewOf, UNREADABLE } from './bundles';
import { comparedOf, comparedRecordOf, COMPARISON, SELF_TEST, selfTestOf } from './comparing';
import { integrityOf } from './integrity';
import { Log } from './log';
import { Looks } from './looks';
import { Crowd } from './people';
import { sceneOf, type SceneName } from './scene';
import { trusting } from './trust';
import { Desk } from './vault';
import { hashOf, refuse } from './words';
import { EVENTS_DEFAULT } from './world';

const never = new Promise<never>(() => undefined);

/** Connects to the rehearsal; the scene is that of the address unless told otherwise. */
export function connect(
  scene: SceneName = sceneOf(globalThis.location.search),
  events: number = EVENTS_DEFAULT,
): Host {
  const desk = new Desk(scene, events);
  const log = new Log(() => desk.purpose);
  const looks = new Looks(scene, scene === 'importing' ? Math.floor(events * 0.62) : events);
  const crowd = new Crowd(looks);
  /** Whether a self-test was run since the rehearsal began. */
  let tested = false;

  /** Runs an answer only as the program would: unlocked, with a log that stands and a purpose given. */
  function looking<T>(answer: () => T | Promise<T>): Promise<T> {
    const no = desk.refusal();
    if (no) return refuse(no.code, no.what, no.next);
    return Promise.resolve().then(answer);
  }
  const unknownLook = () =>
    refuse('not_found', 'This look has ended; the purpose changed or the vault was locked.', 'retry');

  return {
    ...desk.answers(() => {
      looks.forget();
    }),
    zones: () =>
      Promise.resolve({
        zones: [
          'America/New_York',
          'America/Chicago',
          'America/Denver',
          'America/Phoenix',
          'America/Los_Angeles',
          'America/Anchorage',
          'Pacific/Honolulu',
          'Europe/Berlin',
          'Europe/London',
          'UTC',
        ],
      }),
    choose_bundle: () => Promise.resolve({ chosen: chosenFile(false) }),
    chosen: () => Promise.resolve({ chosen: scene === 'dropped' ? chosenFile(true) : null }),
    sample_bundle: ({ altered }) => Promise.resolve({ chosen: chosenFile(altered) }),
    import: ({ quotedSha256 }) => {
      log.write('import', 'Imported a bundle', '');
      const agrees = quotedSha256 === null ? null : quotedSha256 === hashOf(7);
      return Promise.resolve({
        job: null,
        already: BUNDLE,
        quoted:
          agrees === null
            ? null
            : agrees
              ? 'The hash that was quoted is the hash of the file.'
              : 'The hash that was quoted is not the hash of the file.',
        quotedAgrees: agrees,
      });
    },
    cancel_job: () => {
      desk.cancelJob();
      return Promise.resolve({});
    },
    dismiss_job: () => Promise.resolve({}),
    bundles: () =>
      Promise.resolve({ bundles: scene === 'empty' ? [] : [cardOf(scene, events), ...olderCards()] }),
    overview: ({ bundle }) =>
      bundle === BUNDLE
        ? Promise.resolve(overviewOf(scene, events))
        : refuse('not_found', 'This vault holds no such bundle.', 'choose_another'),
    integrity: () => (scene === 'slow' ? never : Promise.resolve(integrityOf(scene, events))),
    compare: () => {
      log.write('compare', 'Began to compare two exports', '');
      return Promise.resolve({ job: COMPARISON });
    },
    compared: ({ job }) =>
      Promise.resolve({ compared: job === COMPARISON && scene !== 'slow' ? comparedOf(scene) : null }),
    compared_record: ({ difference, revealed }) =>
      looking(() => {
        log.write('view_event', 'Opened an event', 'both versions of a record');
        if (revealed) log.write('reveal', 'Revealed names', 'both versions of a record');
        return comparedRecordOf(difference, revealed);
      }),
    self_test: () => {
      log.write('self_test', 'Began a self-test', '');
      tested = true;
      return Promise.resolve({ job: SELF_TEST });
    },
    self_tested: () =>
      Promise.resolve({
        test: tested || scene === 'altered' ? selfTestOf(scene === 'altered') : null,
        cannot:
          scene === 'not-verified'
            ? 'Records of this kind carry no evidence of their own, so there is nothing by which a check could catch damage.'
            : null,
      }),
    ...trusting(scene, (action, what, object) => {
      log.write(action, what, object);
    }),
    look: (ask) =>
      looking(() => {
        const look = looks.open(ask);
        log.write('look', 'Looked at events', look.filter, `${look.total.toLocaleString('en-US')} rows`);
        return look;
      }),
    reveal: ({ look }) =>
      looking(() => {
        const kept = looks.kept(look);
        if (!kept) return unknownLook();
        log.write('reveal', 'Revealed names', kept.look.filter);
        return looks.open(kept.ask, true);
      }),
    rows: ({ look, offset, limit }) =>
      looking(() => {
        const kept = looks.kept(look);
        if (scene === 'slow') return never;
        if (scene === 'error' && offset >= 500) {
          return refuse('unreadable', 'A part of the vault cannot be read.', 'retry');
        }
        if (!kept) return unknownLook();
        return { offset, rows: looks.rows(kept, offset, Math.min(limit, 500)), total: kept.look.total };
      }),
    bins: ({ look, binsMax, fit }) =>
      looking(() => {
        const kept = looks.kept(look);
        if (scene === 'slow') return never;
        return kept ? looks.bins(kept, binsMax, fit) : unknownLook();
      }),
    facet: (ask) =>
      looking(() => {
        const kept = looks.kept(ask.look);
        return kept ? looks.facet(kept, ask) : unknownLook();
      }),
    event: ({ look, eventRef }) =>
      looking(() => {
        const kept = looks.kept(look);
        if (!kept) return unknownLook();
        const detail = looks.event(eventRef, kept.look.revealed);
        log.write('event', 'Opened an event', `record ${detail?.row.number.toLocaleString('en-US') ?? ''}`);
        return detail ?? refuse('not_found', 'This bundle holds no such event.');
      }),
    record: ({ eventRef }) =>
      looking(() => {
        log.write('event', 'Opened an event', eventRef);
        if (eventRef === UNREADABLE) {
          const asRecorded =
            '{"event_id":"01970a31","seq":402118,"occurred_at":"2026-03-12T08:⟦0xFF⟧⟦U+0000⟧';
          const place = {
            file: 'data/events-2026-03-12.ndjson',
            line: 31_007,
            isRow: false,
            bytes: 65,
            bytesShown: 65,
          };
          return { kind: 'line', line: { eventRef, asRecorded, ...place } };
        }
        const event = looks.event(eventRef, false);
        return event
          ? { kind: 'event', event }
          : refuse('not_found', 'The vault keeps no single record at this place.');
      }),
    people: (ask) =>
      looking(() => {
        if (scene === 'slow') return never;
        if (scene === 'error') return refuse('unreadable', 'A part of the vault cannot be read.', 'retry');
        if (ask.offset === 0)
          log.write(
            `${ask.kind}s_list`,
            `Listed ${ask.kind}s`,
            ask.prefix === '' ? 'everybody' : `${ask.kind}:${ask.prefix}*`,
          );
        return crowd.people(ask);
      }),
    person: (ask) =>
      looking(() => {
        if (scene === 'slow') return never;
        const page = crowd.person(ask);
        log.write(
          'look',
          'Looked at events',
          page.look.filter,
          `${page.look.total.toLocaleString('en-US')} rows`,
        );
        return page;
      }),
    counterparts: (ask) => looking(() => crowd.counterparts(ask) ?? unknownLook()),
    copy: ({ what }) =>
      looking(() => {
        log.write('copy', `Copied a ${what}`, '');
        return {};
      }),
    copy_rows: ({ look, all, rows }) =>
      looking(() => {
        const kept = looks.kept(look);
        if (!kept) return unknownLook();
        const copied = all ? kept.look.total - rows.length : rows.length;
        log.write('copy', 'Copied rows', '', `${copied} rows`);
        return { rows: copied };
      }),
    copy_place: () => Promise.resolve({}),
    print_rows: ({ rows }) =>
      looking(() => {
        log.write('print', 'Printed rows', '', `${rows} rows`);
        globalThis.print();
        return {};
      }),
    print_recovery_key: () => {
      globalThis.print();
      return Promise.resolve({});
    },
    access_log: (ask) => {
      if (scene === 'slow') return never;
      return scene === 'log-broken'
        ? refuse('log_broken', 'Entry 1,204 of the access log does not match its hash.', 'open_log')
        : Promise.resolve(log.page(ask));
    },
    check_log: () => Promise.resolve(log.check(scene === 'log-broken')),
    export_log: () =>
      Promise.resolve({ file: 'access-log-2026-04-02.ndjson', sha256: hashOf(99), entries: log.size }),
    save_report: () => {
      const name = 'verification-report-3fa9c2d17b60.html';
      log.write('report_saved', 'Saved a verification report', '', `destination: ${name}`);
      return Promise.resolve({ file: name });
    },
    onDrag: () => () => undefined,
  };
}
