// Fails the build when what was built weighs more than the window may carry. Sizes are after gzip, in bytes.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = { '.js': 180_000, '.css': 25_000 };
const dist = fileURLToPath(new URL('../dist/assets/', import.meta.url));

for (const [ending, budget] of Object.entries(BUDGET_BYTES)) {
  const bytes = readdirSync(dist)
    .filter((name) => name.endsWith(ending))
    .reduce((sum, name) => sum + gzipSync(readFileSync(dist + name)).length, 0);
  console.log(`${ending} ${bytes} of ${budget} bytes (gzip)`);
  if (bytes > budget) {
    console.error(`The ${ending} of the window is heavier than its budget.`);
    process.exitCode = 1;
  }
}
