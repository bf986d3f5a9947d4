/** A filter's terms as a person reads them: "user is m.lopez or r.patel", "14 Mar, 02:00 – 03:00". */

import type { FilterTerm } from '../host/generated/FilterTerm';
import { fieldWord, text, valueWord } from '../text/en';
import { dayAndMinute, range } from '../text/format';

const valueWords = ({ field, values }: FilterTerm) =>
  values.map((value) => valueWord(field, value)).join(text.timeline.or);

/** One term, or the two ends of a range of time together. */
export function chipWords(terms: FilterTerm[], zone: string): string {
  const first = terms[0];
  if (!first) return '';
  if (first.field !== 'from' && first.field !== 'to') {
    const field = first.field === '' ? text.timeline.word : fieldWord(first.field);
    return `${field} ${first.negated ? text.timeline.isNot : text.timeline.is} ${valueWords(first)}`;
  }
  const edge = (wanted: string) => terms.find(({ field }) => field === wanted);
  const from = edge('from');
  const to = edge('to');
  const fromMs = instantOf(from);
  const toMs = instantOf(to);
  if (fromMs !== null && toMs !== null) return range(fromMs, toMs, zone);
  return [from, to]
    .filter((term) => term !== undefined)
    .map((term) => {
      const ms = instantOf(term);
      return `${fieldWord(term.field)} ${ms === null ? valueWords(term) : dayAndMinute(ms, zone)}`;
    })
    .join(', ');
}

/** Only a full instant is one; "2026-03-14" is a day in a zone and stays as it was typed. */
function instantOf(term: FilterTerm | undefined): number | null {
  const value = term?.values[0];
  if (value === undefined || !/T.*(Z|[+-]\d\d:\d\d)$/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}
