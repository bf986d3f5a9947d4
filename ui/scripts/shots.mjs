// A table: what is photographed. `steps` are scripts for the page or lists of keys.
const B = 'b=0197f2c4-5d1e-7a30-9c55-1f0a6b7e2d41';
const small = [1024, 640];
const type = (selector, words) =>
  `const field = document.querySelector(${JSON.stringify(selector)}); field.focus(); field.value = ${JSON.stringify(words)}; field.dispatchEvent(new Event('input', { bubbles: true }));`;
const submit = (selector) =>
  `document.querySelector(${JSON.stringify(selector)}).closest('form').requestSubmit();`;
const click = (words, tag = 'button') =>
  `[...document.querySelectorAll(${JSON.stringify(tag)})].find((each) => each.textContent.trim().startsWith(${JSON.stringify(words)})).click();`;
const chart = [type('form .line input', 'MRN-10482'), submit('form .line input')];

export const shots = [
  { name: 'first-run', scene: 'first-run' },
  {
    name: 'first-run-typed',
    scene: 'first-run-synced',
    steps: [
      `const fields = document.querySelectorAll('input'); const words = ['J. Okafor', 'four plain words here', 'four plain words here']; words.forEach((word, index) => { fields[index].value = word; fields[index].dispatchEvent(new Event('input', { bubbles: true })); });`,
    ],
  },
  {
    name: 'recovery-key',
    scene: 'first-run',
    themes: ['light'],
    steps: [
      `const fields = document.querySelectorAll('input'); const words = ['J. Okafor', 'four plain words here', 'four plain words here']; words.forEach((word, index) => { fields[index].value = word; fields[index].dispatchEvent(new Event('input', { bubbles: true })); });`,
      click('Make the vault'),
    ],
  },
  { name: 'unlock-sample', scene: 'locked' },
  { name: 'unlock-office', scene: 'locked-office', themes: ['light'] },
  {
    name: 'unlock-recover',
    scene: 'locked-office',
    themes: ['light'],
    steps: [click('Use the recovery key')],
  },
  { name: 'held', scene: 'held', themes: ['light'] },
  { name: 'damaged', scene: 'damaged', themes: ['dark'] },
  { name: 'open', hash: '#/open' },
  { name: 'open-small', hash: '#/open', size: small, themes: ['light'] },
  { name: 'open-empty', scene: 'empty', hash: '#/open' },
  { name: 'import', hash: '#/open', steps: [click('Open bundle'), type('form input.mono', 'a'.repeat(64))] },
  { name: 'overview', hash: `#/overview?${B}` },
  { name: 'overview-small', hash: `#/overview?${B}`, size: small, themes: ['light'] },
  { name: 'overview-importing', scene: 'importing', hash: `#/overview?${B}` },
  { name: 'overview-altered', scene: 'altered', hash: `#/overview?${B}` },
  { name: 'overview-not-verified', scene: 'not-verified', hash: `#/overview?${B}`, themes: ['light'] },
  { name: 'overview-log-broken', scene: 'log-broken', hash: `#/overview?${B}` },
  { name: 'timeline', hash: `#/timeline?${B}` },
  { name: 'timeline-small', hash: `#/timeline?${B}`, size: small, themes: ['light'] },
  {
    name: 'timeline-filtered',
    hash: `#/timeline?${B}`,
    steps: [
      type('.bar form input', 'user:m.lopez -action:login from:2026-03-13T00:00:00Z to:2026-03-16T00:00:00Z'),
      submit('.bar form input'),
      click('', '[role=gridcell]'),
    ],
  },
  {
    name: 'timeline-altered',
    scene: 'altered',
    hash: `#/timeline?${B}&row=184210`,
    steps: [click('184,218', '[role=gridcell]')],
  },
  { name: 'timeline-loading', scene: 'slow', hash: `#/timeline?${B}`, themes: ['light'] },
  {
    name: 'timeline-error',
    scene: 'error',
    hash: `#/timeline?${B}&row=2000`,
    themes: ['light', 'dark'],
  },
  {
    name: 'timeline-none',
    hash: `#/timeline?${B}`,
    themes: ['light'],
    steps: [
      type('.bar form input', 'user:m.lopez patient:MRN-18000 action:export'),
      submit('.bar form input'),
    ],
  },
  {
    name: 'timeline-by-keys',
    hash: `#/timeline?${B}`,
    themes: ['light'],
    steps: [
      `document.querySelector('[role=gridcell]').focus()`,
      ['Down', 'Down', 'Right', 'Right', 'f'],
      `document.querySelector('[role=slider]').focus()`,
      ['End', 'Left', 'Left', 'Shift+Left', 'Shift+Left', 'Enter'],
    ],
  },
  {
    name: 'timeline-checked',
    hash: `#/timeline?${B}`,
    steps: [`document.querySelector('[role=gridcell]').focus()`, ['x', 'Down', 'Shift+Down', 'Shift+Down']],
  },
  { name: 'timeline-facet', hash: `#/timeline?${B}`, steps: [click('Add filter')] },
  { name: 'timeline-purpose', scene: 'no-purpose', hash: `#/timeline?${B}` },
  { name: 'timeline-log-broken', scene: 'log-broken', hash: `#/timeline?${B}`, themes: ['light'] },
  { name: 'timeline-importing', scene: 'importing', hash: `#/timeline?${B}`, themes: ['light'] },
  { name: 'palette', hash: `#/timeline?${B}`, steps: [['Ctrl+k'], type('[role=combobox]', 'MRN-10482')] },
  { name: 'help', hash: `#/timeline?${B}`, steps: [['F1']] },
  { name: 'patients', hash: `#/patients?${B}` },
  { name: 'patients-small', hash: `#/patients?${B}`, size: small, themes: ['light'] },
  { name: 'patients-error', scene: 'error', hash: `#/patients?${B}`, themes: ['light'] },
  { name: 'users', hash: `#/users?${B}`, themes: ['light'] },
  { name: 'patient', hash: `#/patients?${B}`, steps: chart },
  { name: 'patient-small', hash: `#/patients?${B}`, size: small, themes: ['light'], steps: chart },
  {
    name: 'patient-absent',
    hash: `#/patients?${B}`,
    themes: ['light'],
    steps: [type('form .line input', 'MRN-99999'), submit('form .line input')],
  },
  { name: 'user', hash: `#/patients?${B}`, steps: [...chart, click('m.lopez', 'td button')] },
  { name: 'integrity', hash: `#/integrity?${B}` },
  { name: 'integrity-altered', scene: 'altered', hash: `#/integrity?${B}` },
  { name: 'integrity-verified', scene: 'verified', hash: `#/integrity?${B}`, themes: ['light'] },
  {
    name: 'integrity-coverage',
    scene: 'altered',
    hash: `#/integrity?${B}`,
    steps: [`document.querySelector('[role=grid]').scrollIntoView({ block: 'center' });`],
  },
  {
    name: 'integrity-coverage-numbers',
    scene: 'altered',
    hash: `#/integrity?${B}`,
    themes: ['light'],
    steps: [click('Show as numbers'), `document.querySelector('table').scrollIntoView({ block: 'center' });`],
  },
  { name: 'integrity-small', scene: 'altered', hash: `#/integrity?${B}`, size: small, themes: ['light'] },
  {
    name: 'integrity-record',
    scene: 'altered',
    hash: `#/integrity?${B}`,
    steps: [`[...document.querySelectorAll('[data-record]')].at(-1).click();`],
  },
  { name: 'integrity-record-event', hash: `#/integrity?${B}&r=0197f2c45d1e:184218`, scene: 'altered' },
  {
    name: 'integrity-record-small',
    hash: `#/integrity?${B}&r=0197f2c45d1e:184218`,
    scene: 'altered',
    size: small,
    themes: ['light'],
  },
  { name: 'integrity-loading', scene: 'slow', hash: `#/integrity?${B}`, themes: ['light'] },
  {
    name: 'integrity-self-test',
    hash: `#/integrity?${B}`,
    steps: [
      click('Run the self-test'),
      click('Show every kind'),
      `[...document.querySelectorAll('h2')].find((each) => each.textContent === 'Self-test').scrollIntoView();`,
    ],
  },
  {
    name: 'integrity-self-test-missed',
    scene: 'altered',
    hash: `#/integrity?${B}`,
    themes: ['light'],
    steps: [
      `[...document.querySelectorAll('h2')].find((each) => each.textContent === 'Self-test').scrollIntoView();`,
    ],
  },
  { name: 'compare', hash: `#/compare?${B}`, themes: ['light'] },
  { name: 'compare-extends', hash: `#/compare?${B}`, steps: [click('Compare')] },
  { name: 'compare-rewritten', scene: 'altered', hash: `#/compare?${B}`, steps: [click('Compare')] },
  {
    name: 'compare-versions',
    scene: 'altered',
    hash: `#/compare?${B}`,
    steps: [
      click('Compare'),
      click('Show both versions'),
      `document.querySelector('.versions').scrollIntoView({ block: 'center' });`,
    ],
  },
  {
    name: 'compare-small',
    scene: 'altered',
    hash: `#/compare?${B}`,
    size: small,
    themes: ['light'],
    steps: [click('Compare')],
  },
  { name: 'log', hash: '#/log' },
  { name: 'log-checked', hash: '#/log', steps: [click('Check the log')] },
  { name: 'log-broken', scene: 'log-broken', hash: '#/log', steps: [click('Check the log')] },
  { name: 'settings', hash: '#/settings' },
  { name: 'overview-narrow', hash: `#/overview?${B}`, size: [420, 800], themes: ['light'] },
  { name: 'timeline-narrow', hash: `#/timeline?${B}`, size: [420, 800], themes: ['light'] },
  {
    name: 'timeline-large-text',
    hash: `#/timeline?${B}`,
    themes: ['light'],
    steps: [`document.documentElement.style.fontSize = '24px'`],
  },
  { name: 'settings-small', hash: '#/settings', size: small, themes: ['light'] },
];
