/**
 * Where the window is, kept in the address so that Back works.
 *
 * An address never carries an id of a person, a name or filter text: a question stands in it as `v`, a number that only
 * this unlocked session can resolve (`views.ts`).
 */

export const screenNames = [
  'open',
  'import',
  'overview',
  'timeline',
  'patients',
  'patient',
  'users',
  'user',
  'integrity',
  'compare',
  'log',
  'settings',
] as const;

export type ScreenName = (typeof screenNames)[number];

export interface Place {
  screen: ScreenName;
  /** The bundle's id in this vault. */
  bundle: string | null;
  /** The number of a question. */
  view: number | null;
  /** The row under the cursor, from 0. */
  row: number | null;
  /** The reference of a record that is open beside the screen. It names nobody. */
  record: string | null;
}

const numberOf = (value: string | null) =>
  value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;

/** Reads `#/timeline?b=…&v=7&row=12`; whatever cannot be read is the Open screen. */
export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const parameters = new URLSearchParams(query);
  const bundle = parameters.get('b');
  const record = parameters.get('r');
  return {
    screen: screenNames.find((name) => name === path) ?? 'open',
    bundle: bundle !== null && /^[\w-]{1,64}$/.test(bundle) ? bundle : null,
    view: numberOf(parameters.get('v')),
    row: numberOf(parameters.get('row')),
    record: record !== null && /^[\da-f]{12}:(L\d{1,10}\.)?\d{1,20}$/.test(record) ? record : null,
  };
}

export function writePlace({
  screen,
  bundle = null,
  view = null,
  row = null,
  record = null,
}: Pick<Place, 'screen'> & Partial<Place>): string {
  const parameters = new URLSearchParams();
  if (bundle !== null) parameters.set('b', bundle);
  if (view !== null) parameters.set('v', String(view));
  if (row !== null) parameters.set('row', String(row));
  if (record !== null) parameters.set('r', record);
  const query = parameters.toString();
  return `#/${screen}${query === '' ? '' : `?${query}`}`;
}

export class Places {
  now = $state.raw<Place>(readPlace(location.hash));

  /** Follows the address; returns how to stop. */
  follow(): () => void {
    const read = () => {
      this.now = readPlace(location.hash);
    };
    read();
    window.addEventListener('hashchange', read);
    return () => {
      window.removeEventListener('hashchange', read);
    };
  }

  /** Goes to another place, which Back leads away from again. The bundle stays unless told otherwise. */
  go(screen: ScreenName, rest: Partial<Omit<Place, 'screen'>> = {}): void {
    const place = { screen, bundle: this.now.bundle, view: null, row: null, record: null, ...rest };
    this.now = place;
    location.hash = writePlace(place);
  }

  /** Corrects the place without leaving a step behind, as for each move of a cursor. */
  correct(change: Partial<Place>): void {
    this.now = { ...this.now, ...change };
    history.replaceState(history.state, '', writePlace(this.now));
  }

  back(): void {
    history.back();
  }

  forward(): void {
    history.forward();
  }
}
