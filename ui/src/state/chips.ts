/** A filter's terms as a person reads them: "user is m.lopez or r.patel", "14 Mar, 02:00 – 03:00". */

import type { FilterTerm } from '../host/generated/FilterTerm';
import { fieldWord, text, valueWord } from '../text/en';
import { instantInWords, range } from '../text/format';

const valueWords = ({ field, values }: FilterTerm) =>
  values.map((value) => valueWord(field, value)).join(text.timeline.or);

const isEdge = ({ field }: FilterTerm) => field === 'from' || field === 'to';

/** Whether a term is an end of the range that events lie in. "Not from" and "not to" are terms of their own. */
export const isOfRange = (term: FilterTerm): boolean => isEdge(term) && !term.negated;

/** One term, or the ends of a range of time together. */
export function chipWords(terms: FilterTerm[], zone: string): string {
  const [from, to] = ['from', 'to'].map((field) => terms.find((term) => term.field === field));
  if (from && to && terms.length === 2 && terms.every(isOfRange)) {
    const fromMs = instantOf(from);
    const toMs = instantOf(to);
    // A range that ends with the last instant of a minute is read as ending where the next begins.
    if (fromMs !== null && toMs !== null) return range(fromMs, toMs % 1000 === 999 ? toMs + 1 : toMs, zone);
  }
  return terms.map((term) => (isEdge(term) ? edgeWords(term, zone) : plainWords(term))).join(', ');
}

function plainWords(term: FilterTerm): string {
  const field = term.field === '' ? text.timeline.word : fieldWord(term.field);
  return `${field} ${term.negated ? text.timeline.isNot : text.timeline.is} ${valueWords(term)}`;
}

/** Events without a time are in no range, and therefore in every "not". */
function edgeWords(term: FilterTerm, zone: string): string {
  const epochMs = instantOf(term);
  const when = epochMs === null ? valueWords(term) : instantInWords({ epochMs, recorded: '' }, zone);
  const words = text.timeline.edges;
  if (term.field === 'from') return term.negated ? words.notFrom(when) : words.from(when);
  return term.negated ? words.notTo(when) : words.to(when);
}

/** Only a full instant is one; "2026-03-14" is a day in a zone and stays as it was typed. */
function instantOf(term: FilterTerm): number | null {
  const value = term.values[0];
  if (value === undefined || !/T.*(Z|[+-]\d\d:\d\d)$/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}
