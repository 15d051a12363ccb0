// Bundles the commands of package.json `bin` and the live page into dist/, and lays out the charts. Run by `npm run build`.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const commands = ['supervisord', 'supervisorctl', 'pidproxy', 'demo'];

const { metafile } = await build({
  metafile: true,
  entryPoints: commands.map((name) => `src/cli/${name}.ts`),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // koffi brings a native library that must stay beside its own package.
  external: ['koffi'],
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  logLevel: 'warning',
  banner: {
    // Lines 1 and 2 are read by a shell and by Node alike. The shell notes the soft limit of open files that the
    // command was started with, for Node raises its own before any of our code runs, and programs must not inherit that.
    js: [
      '#!/bin/sh',
      `":" //; STATEVISOR_SOFT_NOFILE="$(ulimit -Sn)" exec node "$0" "$@"`,
      `import { createRequire as __createRequire } from 'node:module';`,
      `const require = __createRequire(import.meta.url);`,
    ].join('\n'),
  },
});

for (const name of commands) chmodSync(`dist/${name}.js`, 0o755);

// What an earlier build left behind; not before, so that a daemon can be started while a build runs.
for (const name of readdirSync('dist', { recursive: true })) {
  const path = `dist/${name}`;
  if (path.endsWith('.js') && !path.startsWith('dist/web/') && !(path in metafile.outputs)) rmSync(path);
}

await writePage();
await writeCharts();

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
