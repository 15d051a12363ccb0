// Bundles the commands of package.json `bin` and the live page into dist/, and lays out the charts. Run by `npm run build`.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleCommand } from './src/launch/bundle-command.mjs';
import { recordCode } from './src/launch/record-code.mjs';

const commands = ['supervisord', 'supervisorctl', 'pidproxy', 'demo'];

// The page is for browsers, but beside it are the commands: without this they would be taken for modules of that kind.
mkdirSync('dist', { recursive: true });
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
const written = new Set();
for (const name of commands) for (const path of await bundleCommand(name)) written.add(path);

// What an earlier build left behind; not before, so that a daemon can be started while a build runs.
for (const name of readdirSync('dist', { recursive: true })) {
  const path = `dist/${name}`;
  if (path.endsWith('.js') && !path.startsWith('dist/web/') && !written.has(path)) rmSync(path);
}

await writePage();
await writeCharts();
await recordCode();

/** Writes dist/web/: what a browser loads for the live page. */
async function writePage() {
  await build({
    entryPoints: ['src/web/app/app.ts', 'src/web/app/app.css'],
    outdir: 'dist/web',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17'],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

/** Writes dist/charts.json, unless what it is made from has not changed since it was. */
async function writeCharts() {
  const program = 'node_modules/.cache/lay-out-charts.mjs';
  await build({
    entryPoints: ['src/charts/lay-out-all.ts'],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const made = createHash('sha256')
    .update(readFileSync(program))
    .update(readFileSync('package-lock.json'))
    .digest('hex');
  const kept = `node_modules/.cache/charts-${made}.json`;
  if (!existsSync(kept)) {
    const { layOutAll } = await import(`./${program}?${made}`);
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify(await layOutAll()));
    renameSync(`${kept}.${process.pid}`, kept);
  }
  // Replaced in one step, so that a daemon that reads it while a build runs finds it whole.
  writeFileSync(`dist/charts.json.${process.pid}`, readFileSync(kept));
  renameSync(`dist/charts.json.${process.pid}`, 'dist/charts.json');
}
