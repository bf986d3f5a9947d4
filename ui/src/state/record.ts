import type { EventDetail } from '../host/generated/EventDetail';
import { text } from '../text/en';
import { count } from '../text/format';

/** A record with what was recomputed, as lines of text for a report. */
export const inLines = (detail: EventDetail): string =>
  [
    text.detail.place(detail.file, count(detail.line), detail.isRow),
    detail.asRecorded,
    `${detail.badge.word}. ${detail.badge.reason}`,
    ...detail.proof,
  ].join('\n');
