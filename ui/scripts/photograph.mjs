// Photographs the rehearsal in the real engine and checks each picture with axe, contrast included.
//
//   npm run rehearsal
//   WEBKIT_BROWSER=…/MiniBrowser xvfb-run -a -s "-screen 0 1600x1000x24" npm run photograph [-- part of a name]
//
// Needs WebKitWebDriver (Debian: webkit2gtk-driver). Pictures go to `photographs/`; the exit code tells whether axe
// found something. Speaks the WebDriver protocol by itself: twenty lines, no package.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { shots } from './shots.mjs';

const READY_AFTER_MS_MAX = 10_000;
const out = fileURLToPath(new URL('../photographs/', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

const driverPort = await freePort();
const driver = spawn('WebKitWebDriver', [`--port=${driverPort}`], { stdio: 'ignore' });
const served = await preview({ mode: 'rehearsal', preview: { port: await freePort(), host: '127.0.0.1' } });
const page = served.resolvedUrls.local[0];

async function give(path, body, method = 'POST') {
  const answer = await fetch(`http://127.0.0.1:${driverPort}${path}`, {
    method,
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  const { value } = await answer.json();
  if (value?.error) throw new Error(`${path}: ${value.error} ${value.message ?? ''}`);
  return value;
}

async function open() {
  const options = { binary: process.env.WEBKIT_BROWSER ?? 'MiniBrowser', args: ['--automation'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
  for (let tried = 0; ; tried += 200) {
    try {
      return (await give('/session', { capabilities })).sessionId;
    } catch (caught) {
      if (tried >= READY_AFTER_MS_MAX) throw caught;
      await wait(200);
    }
  }
}

const session = `/session/${await open()}`;
await give(`${session}/timeouts`, { pageLoad: 20_000, script: 20_000 });
const run = (script, ...args) => give(`${session}/execute/sync`, { script, args });
const runAsync = (script, ...args) => give(`${session}/execute/async`, { script, args });

async function press(keys) {
  const KEYS = {
    Ctrl: '\uE009',
    Shift: '\uE008',
    Alt: '\uE00A',
    Enter: '\uE007',
    Down: '\uE015',
    Left: '\uE012',
    Right: '\uE014',
    Tab: '\uE004',
    F1: '\uE031',
    Escape: '\uE00C',
    Home: '\uE011',
    End: '\uE010',
  };
  for (const chord of keys) {
    const parts = chord.length === 1 ? [chord] : chord.split('+').map((part) => KEYS[part] ?? part);
    const down = parts.map((value) => ({ type: 'keyDown', value }));
    const up = [...parts].reverse().map((value) => ({ type: 'keyUp', value }));
    await give(`${session}/actions`, {
      actions: [{ type: 'key', id: 'keyboard', actions: [...down, ...up] }],
    });
  }
}

async function photograph({
  name,
  scene = 'normal',
  hash = '#/open',
  size = [1440, 900],
  theme,
  steps = [],
}) {
  await give(`${session}/window/rect`, { width: size[0], height: size[1] });
  await give(`${session}/url`, { url: `${page}?scene=${scene}&shot=${encodeURIComponent(name)}${hash}` });
  await run(`document.documentElement.dataset.theme = arguments[0]`, theme);
  await wait(700);
  for (const step of steps) {
    if (typeof step === 'string') await run(step);
    else if (Array.isArray(step)) await press(step);
    await wait(600);
  }
  await run(`document.documentElement.dataset.theme = arguments[0]`, theme);
  await wait(100);
  writeFileSync(
    `${out}${name}-${theme}.png`,
    Buffer.from(await give(`${session}/screenshot`, null, 'GET'), 'base64'),
  );
  await run(`${axe}; return true;`);
  const found = await runAsync(
    `const done = arguments[arguments.length - 1];
     axe.run(document, { resultTypes: ['violations'] }).then(
       ({ violations }) => done(violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 4).map((node) => node.html.slice(0, 140) + ' ' + (node.any[0]?.message ?? '')).join(' | '))),
       (error) => done(['axe: ' + error]),
     );`,
  );
  for (const each of found) console.log(`${name}-${theme}  ${each}`);
  return found.length;
}

let troubles = 0;
try {
  mkdirSync(out, { recursive: true });
  for (const shot of shots) {
    for (const theme of shot.themes ?? ['light', 'dark']) {
      if (wanted.length > 0 && !wanted.some((part) => `${shot.name}-${theme}`.includes(part))) continue;
      troubles += await photograph({ ...shot, theme }).catch((caught) => {
        console.log(`${shot.name}-${theme}  ${caught.message}`);
        return 1;
      });
    }
  }
  console.log(troubles === 0 ? 'axe found nothing' : `axe found ${troubles} kinds of trouble`);
} finally {
  await give(session, null, 'DELETE').catch(() => undefined);
  driver.kill();
  await served.close();
}
process.exit(troubles === 0 ? 0 : 1);
