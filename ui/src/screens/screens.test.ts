import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Fault } from '../host/generated/Fault';
import type { Job } from '../host/generated/Job';
import { chosenFile, REF, UNREADABLE } from '../host/rehearsal/bundles';
import type { SceneName } from '../host/rehearsal/scene';
import { at, openWindow, press, shown, troubles, type } from '../testing/open';

const places: [name: string, scene: SceneName, hash: string, says: string][] = [
  ['First run', 'first-run-synced', '#/open', 'This folder is synchronised'],
  ['Unlock', 'locked', '#/open', 'sample passphrase 2026'],
  ['Unlock, held', 'held', '#/open', 'WS-PRIV-02'],
  ['Unlock, damaged', 'damaged', '#/open', 'vault.json ends in the middle'],
  ['Open', 'normal', '#/open', 'Nothing is sent anywhere'],
  ['Open, empty', 'empty', '#/open', 'No bundle has been opened yet.'],
  ['Overview', 'normal', at('overview'), 'Anyone could have.'],
  ['Overview, running', 'importing', at('overview'), 'The check is still running'],
  ['Overview, altered', 'altered', at('overview'), 'Show what failed'],
  ['Timeline', 'normal', at('timeline'), '2,000 events'],
  ['Timeline, waiting', 'slow', at('timeline'), 'Counting…'],
  ['Timeline, no purpose', 'no-purpose', at('timeline'), 'Why are you looking?'],
  ['Timeline, broken log', 'log-broken', at('timeline'), 'the access log does not stand'],
  ['Timeline, forgotten', 'normal', at('timeline', '&v=99'), 'This place is no longer known.'],
  ['Patients', 'normal', at('patients'), 'Opening is a look'],
  ['Patients, failed', 'error', at('patients'), 'A part of the vault cannot be read.'],
  ['Users', 'normal', at('users'), 'Ids that begin with'],
  ['Integrity', 'normal', at('integrity'), 'What this does not prove'],
  ['Integrity, altered', 'altered', at('integrity'), 'Hash that was computed'],
  ['My access log', 'normal', '#/log', '1,382 entries'],
  ['My access log, broken', 'log-broken', '#/log', 'Entry 1,204'],
  ['Settings', 'normal', '#/settings', 'Lock when nothing was done for'],
  ['No bundle', 'normal', '#/timeline', 'No bundle is open.'],
];

describe('each screen', () => {
  it.each(places)(
    '%s says what is so and is sound for assistive technology',
    async (_, scene, hash, says) => {
      await openWindow(scene, hash);
      await waitFor(() => {
        expect(shown()).toContain(says);
      });
      expect(await troubles()).toEqual([]);
    },
  );
});

describe('a finding', () => {
  it('opens the one record it points at, beside itself, and leads back', async () => {
    const { host } = await openWindow('altered', at('integrity'));
    const asked = vi.spyOn(host, 'record');
    const [first, second] = await screen.findAllByRole('button', { name: 'Open the record' });
    await fireEvent.click(second as HTMLElement);
    await screen.findByText('Line 31,007');
    expect(asked.mock.calls).toEqual([[{ eventRef: UNREADABLE }]]);
    expect(await troubles()).toEqual([]);
    expect(location.hash).not.toContain('MRN');
    press('Escape', {}, screen.getByRole('complementary', { name: 'Record' }));
    await waitFor(() => expect(document.activeElement).toBe(second));
    await fireEvent.click(first as HTMLElement);
    await screen.findByText('The vault keeps no single record at this place.');
  });

  it('asks for the purpose before it opens anything', async () => {
    const { host } = await openWindow('no-purpose', at('integrity', `&r=${REF}:7`));
    const asked = vi.spyOn(host, 'record');
    const field = await screen.findByLabelText('Purpose');
    expect(asked).not.toHaveBeenCalled();
    type(field as HTMLInputElement, 'PO-2026-014: complaint');
    await fireEvent.click(await screen.findByRole('button', { name: 'Begin to look' }));
    await screen.findByText('As recorded');
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

describe('the first run', () => {
  it('shows the recovery key once and opens only when its last group is typed back', async () => {
    await openWindow('first-run');
    const [user, passphrase, again] = document.querySelectorAll('input');
    type(user as HTMLInputElement, 'J. Okafor');
    type(passphrase as HTMLInputElement, 'four plain words here');
    type(again as HTMLInputElement, 'four plain words here');
    const make = screen.getByRole('button', { name: 'Make the vault' });
    await waitFor(() => expect((make as HTMLButtonElement).disabled).toBe(false));
    await fireEvent.click(make);
    await screen.findByText('Your recovery key');
    expect(await troubles()).toEqual([]);
    const open = screen.getByRole('button', { name: 'I have it; open the vault' });
    expect((open as HTMLButtonElement).disabled).toBe(true);
    type(screen.getByLabelText('Type the last group of the key'), 'zg5a');
    await waitFor(() => expect((open as HTMLButtonElement).disabled).toBe(false));
    await fireEvent.click(open);
    await screen.findByRole('heading', { name: 'Bundles' });
    expect(shown()).not.toContain('ZG5A');
  });
});

describe('unlocking', () => {
  it('keeps no passphrase after a wrong one, and says the same whatever was wrong', async () => {
    await openWindow('locked');
    const field = screen.getByLabelText<HTMLInputElement>('Passphrase');
    type(field, 'not this one');
    await fireEvent.click(await screen.findByRole('button', { name: 'Unlock' }));
    await screen.findByText('The name or the passphrase is not right.');
    expect(field.value).toBe('');
  });
});

describe('looking', () => {
  it('asks for nothing about a person before a purpose is given', async () => {
    const { host } = await openWindow('no-purpose', at('overview'));
    const asked = (['look', 'people', 'person', 'rows', 'facet', 'event'] as const).map((name) =>
      vi.spyOn(host, name),
    );
    await screen.findByText('What is inside');
    location.hash = at('patients');
    const field = await screen.findByLabelText('Purpose');
    for (const command of asked) expect(command).not.toHaveBeenCalled();
    expect(shown()).not.toMatch(/MRN-|m\.lopez/);
    type(field as HTMLInputElement, 'PO-2026-014: complaint');
    await fireEvent.click(await screen.findByRole('button', { name: 'Begin to look' }));
    await waitFor(() => expect(shown()).toContain('MRN-'));
    expect(shown()).toContain('For: PO-2026-014: complaint');
  });

  it('goes from a patient to a user and back, and no address names either', async () => {
    await openWindow('normal', at('patients'));
    type(await screen.findByLabelText('Open a chart'), 'MRN-10482');
    press('Enter');
    await fireEvent.submit(screen.getByLabelText('Open a chart').closest('form') as HTMLFormElement);
    await screen.findByText('Who opened this chart');
    expect(location.hash).not.toContain('10482');
    expect(await troubles()).toEqual([]);
    const users = within(screen.getByRole('region', { name: 'Who opened this chart' }));
    const first = users
      .getAllByRole('button')
      .find((button) => button.classList.contains('turn')) as HTMLElement;
    const name = first.textContent.trim();
    await fireEvent.click(first);
    await screen.findByText('By hour and weekday');
    expect(document.querySelector('h1')?.textContent).toContain(name);
    expect(location.hash).not.toContain(name);
    expect(await troubles()).toEqual([]);
    history.back();
    await screen.findByText('Who opened this chart');
  });

  it('says when an id does not occur', async () => {
    await openWindow('normal', at('patients'));
    type(await screen.findByLabelText('Open a chart'), 'MRN-99999');
    await fireEvent.submit(screen.getByLabelText('Open a chart').closest('form') as HTMLFormElement);
    await screen.findByText('This patient id does not occur in this bundle.');
  });

  it('does not look while somebody types into the palette', async () => {
    const { host } = await openWindow('normal', at('overview'));
    await screen.findByText('What is inside');
    const person = vi.spyOn(host, 'person');
    press('k', { ctrlKey: true }, document.body);
    const field = await screen.findByRole('combobox');
    type(field as HTMLInputElement, 'MRN-10482');
    await screen.findByText('Open the chart of MRN-10482');
    expect(await troubles()).toEqual([]);
    expect(person).not.toHaveBeenCalled();
    press('Enter', {}, field);
    await screen.findByText('Who opened this chart');
  });

  it('turns a cell into a filter with one key', async () => {
    await openWindow('normal', at('timeline'));
    const grid = await screen.findByRole('grid');
    await waitFor(() => expect(grid.textContent).toContain('MRN-'));
    for (let step = 0; step < 2; step++) {
      press('ArrowRight', {}, grid);
      await Promise.resolve();
    }
    press('F', { shiftKey: true }, grid);
    await waitFor(() => expect(shown()).toMatch(/user is not \S+/));
  });
});

describe('copying', () => {
  it('leaves a line for each cell, and nothing leaves by selecting', async () => {
    const { host } = await openWindow('normal', at('timeline'));
    const copied = vi.spyOn(host, 'copy');
    const grid = await screen.findByRole('grid');
    await waitFor(() => expect(grid.textContent).toContain('MRN-'));
    press('ArrowRight', {}, grid);
    press('c', { ctrlKey: true }, grid);
    await waitFor(() => expect(copied).toHaveBeenCalledTimes(1));
    expect(copied.mock.calls[0]?.[0]).toMatchObject({ what: 'cell' });
    document.getSelection()?.selectAllChildren(grid);
    const event = new Event('copy', { bubbles: true, cancelable: true });
    grid.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    await waitFor(() => expect(shown()).toContain('This is not copied by selecting.'));
  });
});

describe('the record beside the table', () => {
  it('is made wider and narrower by key, within limits, and stays so', async () => {
    await openWindow('normal', at('timeline'));
    const grid = await screen.findByRole('grid');
    await waitFor(() => expect(grid.textContent).toContain('MRN-'));
    press(' ', {}, grid);
    const edge = await screen.findByRole('separator', { name: 'Width of the record' });
    const side = edge.parentElement as HTMLElement;
    expect([edge.getAttribute('aria-valuenow'), side.style.getPropertyValue('--side')]).toEqual([
      '23.25',
      '23.25rem',
    ]);
    press('ArrowLeft', {}, edge);
    await waitFor(() => expect(side.style.getPropertyValue('--side')).toBe('24.25rem'));
    press('End', {}, edge);
    press('ArrowLeft', {}, edge);
    await waitFor(() => expect(edge.getAttribute('aria-valuenow')).toBe('48'));
    press(' ', {}, grid);
    await waitFor(() => expect(screen.queryByRole('separator')).toBeNull());
    press(' ', {}, grid);
    expect((await screen.findByRole('separator')).getAttribute('aria-valuenow')).toBe('48');
    expect(await troubles()).toEqual([]);
  });
});

describe('checked rows', () => {
  it('are checked by key and copied together, and a new question lets go of them aloud', async () => {
    const { host } = await openWindow('normal', at('timeline'));
    const copied = vi.spyOn(host, 'copy_rows');
    const grid = await screen.findByRole('grid');
    await waitFor(() => expect(grid.textContent).toContain('MRN-'));
    press('x', {}, grid);
    press('ArrowDown', {}, grid);
    press('ArrowDown', { shiftKey: true }, grid);
    await screen.findAllByText('3 of 2,000 rows checked');
    const rows = within(grid).getAllByRole('row', { selected: true });
    expect(rows.map((row) => row.getAttribute('aria-rowindex'))).toEqual(['2', '3', '4']);
    expect(await troubles()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Copy rows' }));
    await waitFor(() => expect(copied).toHaveBeenCalledTimes(1));
    const [asked] = copied.mock.calls[0] ?? [];
    expect(asked?.all).toBe(false);
    expect(asked?.rows.map(({ index }) => index)).toEqual([0, 1, 2]);
    await waitFor(() => expect(shown()).toContain('Copied 3 rows.'));

    press('a', { ctrlKey: true }, grid);
    press('x', {}, grid);
    await screen.findAllByText('1,999 of 2,000 rows checked');
    press('X', { shiftKey: true }, grid);
    await waitFor(() => expect(copied).toHaveBeenCalledTimes(2));
    expect(copied.mock.calls[1]?.[0]).toMatchObject({ all: true, rows: [{ index: 2 }] });

    press('ArrowRight', {}, grid);
    press('ArrowRight', {}, grid);
    press('f', {}, grid);
    await waitFor(() => expect(shown()).toContain('1,999 rows are not checked any more'));
    expect(screen.queryByRole('button', { name: 'Copy rows' })).toBeNull();
  });
});

describe('the lock', () => {
  it('leaves nothing about a person in the page, the address or the title', async () => {
    await openWindow('normal', at('timeline'));
    await waitFor(() => expect(shown()).toContain('MRN-'));
    press('l', { ctrlKey: true }, document.body);
    await screen.findByRole('heading', { name: 'Unlock the vault' });
    expect(document.documentElement.outerHTML).not.toMatch(/MRN-|Riverside|PO-2026-014|lopez/);
    expect(location.hash).toBe('#/open');
  });
});

describe('importing', () => {
  const fill = async (quoted: string) => {
    type(await screen.findByLabelText('Who handed it over'), 'Sam Reyes');
    type(screen.getByLabelText(/^Hash that was quoted/), quoted);
  };

  it('takes up the bundle that was named when the program was started', async () => {
    await openWindow('dropped');
    await screen.findByText('riverside-2026-03-altered.zip');
    expect(screen.getByRole('heading', { name: 'Import' })).toBeTruthy();
  });

  it('presumes no channel', async () => {
    const { host } = await openWindow('dropped');
    const asked = vi.spyOn(host, 'import');
    await fill('');
    const act = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Import' });
    const channel = screen.getByLabelText<HTMLInputElement>('By which channel');
    expect(channel.value).toBe('');
    expect(act().disabled).toBe(true);
    type(channel, 'USB stick');
    await waitFor(() => expect(act().disabled).toBe(false));
    await fireEvent.click(act());
    expect(asked).toHaveBeenCalledWith(expect.objectContaining({ channel: 'USB stick' }));
  });

  it('shows both handovers of a bundle that was here, and in red that the hash differs', async () => {
    await openWindow('dropped');
    await fill('0'.repeat(64));
    type(screen.getByLabelText('By which channel'), 'File share');
    await waitFor(() =>
      expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Import' }).disabled).toBe(false),
    );
    await fireEvent.click(screen.getByRole('button', { name: 'Import' }));
    const title = 'This bundle is already in the vault. Nothing was changed.';
    const card = (await screen.findByRole('heading', { name: title })).closest('section') as HTMLElement;
    expect(card.textContent).toContain('Dana Whitfield, Health IT');
    expect(card.textContent).toContain('Sam Reyes');
    const wrong = within(card).getByText('The hash that was quoted is not the hash of the file.');
    expect(wrong.classList.contains('wrong')).toBe(true);
    expect(await troubles()).toEqual([]);
    await fireEvent.click(within(card).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('heading', { name: title })).toBeNull());
  });

  it('answers for a hash quoted with a folder once the bundle is there', async () => {
    const { host } = await openWindow('importing', '#/import');
    const sentence = 'The quoted hash is that of none of the folder’s manifests.';
    vi.spyOn(host, 'choose_bundle').mockResolvedValue({
      chosen: { ...chosenFile(false), sha256: null, kind: 'Folder' },
    });
    vi.spyOn(host, 'import').mockResolvedValue({
      job: 1,
      already: null,
      quoted: sentence,
      quotedAgrees: false,
    });
    press('o', { ctrlKey: true }, document.body);
    await fill('0'.repeat(64));
    type(screen.getByLabelText('By which channel'), 'File share');
    await screen.findByText(/^Compared with the folder/);
    await fireEvent.submit(screen.getByLabelText('By which channel').closest('form') as HTMLFormElement);
    const card = (await screen.findByRole('heading', { name: 'The hash that was quoted' })).closest(
      'section',
    );
    expect(
      within(card as HTMLElement)
        .getByText(sentence)
        .classList.contains('wrong'),
    ).toBe(true);
  });
});

describe('the jobs', () => {
  it('are all a click away, each with what can be done', async () => {
    const { host } = await openWindow('importing', at('overview'));
    const status = await host.status({ active: false });
    const [first] = status.jobs as [Job];
    const fault: Fault = { code: 'disk_full', what: 'The disk is full.', next: 'free_space' };
    const jobs: Job[] = [
      first,
      { ...first, job: 2, bundle: null, recordsDone: 12, secondsLeft: null },
      { ...first, job: 3, what: 'Making room', bundle: null, bytesDone: 0, bytesTotal: 0, recordsDone: 0 },
      { ...first, job: 4, state: 'failed', fault, sentence: fault.what, secondsLeft: null },
    ];
    vi.spyOn(host, 'status').mockResolvedValue({ ...status, jobs });
    const [cancel, dismiss] = [vi.spyOn(host, 'cancel_job'), vi.spyOn(host, 'dismiss_job')];
    const all = await screen.findByRole('button', { name: /and 3 more 1 failed/ });
    await fireEvent.click(all);
    const list = within(await screen.findByRole('dialog', { name: 'Jobs' }));
    const lines = list.getAllByRole('listitem').map((line) => line.textContent.replace(/\s+/g, ' '));
    expect(lines[0]).toContain('Checking and storing: Riverside Medical Center · EHR');
    expect(lines[0]).toMatch(/1,240 records · 522.8 MB of 843.2 MB · about 41 s left/);
    expect(lines[1]).toContain('12 records');
    expect(lines[2]).not.toMatch(/\b0\b/);
    expect(lines[3]).toContain('The disk is full.');
    expect(await troubles()).toEqual([]);
    await fireEvent.click(list.getAllByRole('button', { name: /^Cancel/ })[1] as HTMLElement);
    expect(cancel).toHaveBeenCalledWith({ job: 2 });
    await fireEvent.click(list.getByRole('button', { name: /^Dismiss/ }));
    expect(dismiss).toHaveBeenCalledWith({ job: 4 });
  });
});

describe('a partial count', () => {
  it('says so wherever it stands', async () => {
    await openWindow('importing', at('overview'));
    const starts = (await screen.findByText('Places to start')).closest('section');
    expect(starts?.textContent.match(/\d so far/g)).toHaveLength(4);
    const coverage = screen.getByText('Coverage by system').closest('section');
    expect(coverage?.textContent).toContain('3 × 1 day without events so far');
    expect(coverage?.textContent).toContain('may yet grow');
    const rail = screen.getByRole('navigation', { name: 'Screens' });
    expect(rail.textContent.match(/\d so far/g)).toHaveLength(3);
  });

  it('is not said of a whole one', async () => {
    await openWindow('normal', at('overview'));
    await screen.findByText('Places to start');
    expect(shown()).not.toContain('so far');
  });
});

describe('a place to start', () => {
  it.each([
    ['Exports', 'action:export,print,disclose,copy'],
    ['Emergency', 'emergency:yes'],
  ])('%s… asks for exactly what it counts', async (name, filter) => {
    const { host } = await openWindow('normal', at('overview'));
    const asked = vi.spyOn(host, 'look');
    await fireEvent.click(await screen.findByRole('button', { name: new RegExp(`^${name}`) }));
    await waitFor(() => expect(asked).toHaveBeenCalledWith(expect.objectContaining({ filter })));
  });
});

describe('what is printed', () => {
  it('calls a row named where a finding names it, and bears the mark of the sample', async () => {
    const { host } = await openWindow('normal', at('timeline'));
    const real = host.rows;
    vi.spyOn(host, 'rows').mockImplementation(async (ask) => {
      const page = await real(ask);
      return {
        ...page,
        rows: page.rows.map((row) => ({ ...row, integrity: 'altered', state: 'misplaced' })),
      };
    });
    vi.spyOn(host, 'print_rows').mockResolvedValue({});
    const grid = await screen.findByRole('grid');
    await waitFor(() => expect(grid.textContent).toContain('MRN-'));
    press('p', { ctrlKey: true }, document.body);
    const paper = () => document.querySelector('.paper')?.textContent ?? '';
    await waitFor(() => expect(paper()).toContain('(In a finding)'));
    expect(shown()).not.toContain('altered or damaged');
    expect(paper()).toContain('Everybody in this vault is invented');
  });
});

describe('the frame', () => {
  it('shows badge, purpose, sample and log on every screen of a bundle', async () => {
    for (const name of ['overview', 'timeline', 'patients', 'users', 'integrity']) {
      const { unmount } = await openWindow('normal', at(name));
      await waitFor(() => expect(shown()).toContain('Access log on · J. Okafor'));
      await waitFor(() => expect(document.querySelector('header .seal')?.textContent).toContain('Unsigned'));
      expect(shown()).toContain('For: PO-2026-014');
      expect(document.querySelector('header')?.textContent).toContain('Sample');
      unmount();
    }
  });

  it('keeps the altered band across screens, once', async () => {
    await openWindow('altered', at('overview'));
    const band = await screen.findByRole('alert');
    location.hash = at('integrity');
    await screen.findByText('Hash that was computed');
    expect(screen.getByRole('alert')).toBe(band);
    expect(within(band).queryByRole('button', { name: /close/i })).toBeNull();
  });

  it('keeps band and badge on the screens beside those of the bundle', async () => {
    await openWindow('altered', at('overview'));
    const band = await screen.findByRole('alert');
    const bundles = screen.getByText('All bundles').closest('a');
    location.hash = bundles?.getAttribute('href') ?? '';
    await screen.findByText('Nothing is sent anywhere', { exact: false });
    expect(screen.getByRole('alert')).toBe(band);
    await fireEvent.click(screen.getByRole('button', { name: 'Open bundle…' }));
    await screen.findByLabelText('Who handed it over');
    expect(screen.getByRole('alert')).toBe(band);
    expect(document.querySelector('header .seal')?.textContent).toContain('Altered');
  });

  it('cancels the job shown by key', async () => {
    const { host } = await openWindow('importing', at('overview'));
    const cancel = vi.spyOn(host, 'cancel_job');
    await screen.findByRole('button', { name: 'Cancel' });
    press('.', { ctrlKey: true }, document.body);
    expect(cancel).toHaveBeenCalledWith({ job: 1 });
  });

  it('opens the sheet of all keys', async () => {
    await openWindow('normal', at('overview'));
    await screen.findByText('What is inside');
    press('F1', {}, document.body);
    await screen.findByText('In the histogram');
    expect(await troubles()).toEqual([]);
  });
});

describe('the verification report', () => {
  it('is saved under a name that is chosen, and a refusal is told in its place', async () => {
    const { host } = await openWindow('altered', at('integrity'));
    await fireEvent.click(await screen.findByRole('button', { name: 'Save report…' }));
    await screen.findByText('The report is saved as verification-report-3fa9c2d17b60.html.');
    const what = 'report.html exists already. Choose another name.';
    // A fault is a plain object, as the host gives it.
    vi.spyOn(host, 'save_report').mockRejectedValue({ code: 'bad_input', what, next: 'choose_another' });
    await fireEvent.click(screen.getByRole('button', { name: 'Save report…' }));
    await screen.findByText(what);
    expect(await troubles()).toEqual([]);
  });
});

describe('finding a person by how the id begins', () => {
  it('asks on Enter and never while it is typed', async () => {
    const { host } = await openWindow('normal', at('users'));
    const asked = vi.spyOn(host, 'people');
    const field = await screen.findByLabelText<HTMLInputElement>('Ids that begin with');
    vi.useFakeTimers();
    try {
      type(field, 'm');
      type(field, 'm.');
      await vi.advanceTimersByTimeAsync(10_000);
    } finally {
      vi.useRealTimers();
    }
    expect(asked).not.toHaveBeenCalledWith(
      expect.objectContaining({ prefix: expect.stringMatching(/./) as string }),
    );
    await fireEvent.submit(field.form as HTMLFormElement);
    await waitFor(() => {
      expect(asked).toHaveBeenCalledWith(expect.objectContaining({ prefix: 'm.', offset: 0 }));
    });
    expect(await troubles()).toEqual([]);
  });
});
