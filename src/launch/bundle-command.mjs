// Bundles one command into packs: dist/<name>.js, which starts it, and dist/chunks/<name>-*.js, which have its code. A
// pack has everything that is always needed together; what is imported only on some occasion is a pack of its own.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // koffi brings a native library that must stay beside its own package.
  external: ['koffi'],
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
};

/** Without the names: they are what people read in a stack trace. */
const small = { minifySyntax: true, minifyWhitespace: true, charset: 'ascii', lineLimit: 200 };

/** pino can write from another thread. The daemon's log never does, and what is needed for that takes time to load. */
const withoutThreads = {
  name: 'without-threads',
  setup(setup) {
    setup.onResolve({ filter: /^(worker_threads|thread-stream)$/ }, ({ path, importer }) =>
      importer.includes('/node_modules/pino/') ? { path, namespace: 'threads' } : undefined,
    );
    setup.onLoad({ filter: /.*/, namespace: 'threads' }, ({ path }) => ({
      contents:
        path === 'worker_threads'
          ? 'exports.isMainThread = true;'
          : 'module.exports = class { constructor() { throw new Error("no thread writes the log"); } };',
    }));
  },
};

/** Resolves to the paths of what it has written. */
export async function bundleCommand(name) {
  const { outputFiles, metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: [`src/cli/${name}.ts`],
    outdir: 'dist',
    splitting: true,
    format: 'esm',
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [withoutThreads],
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const chunks = describeChunks(metafile);
  const packs = packUp(`${name}.js`, chunks);
  const made = createHash('sha256')
    .update(JSON.stringify([...texts]))
    .digest('hex')
    .slice(0, 8);
  const prefix = `${name}-${made}`;

  mkdirSync('dist/chunks', { recursive: true });
  const written = [];
  for (const [pack, members] of packs.members) {
    const path = `dist/chunks/${prefix}-${pack}.js`;
    writeFileSync(path, await joinPack(pack, members, packs.of, chunks, texts));
    written.push(path);
  }
  // Last, so that it never starts what is not there yet.
  writeFileSync(`dist/${name}.js`, await bundleStart(name, prefix));
  chmodSync(`dist/${name}.js`, 0o755);
  return [...written, `dist/${name}.js`];
}

/** Chunk → which chunks it imports at once, and which on occasion. */
function describeChunks({ outputs }) {
  return new Map(
    Object.entries(outputs).map(([path, { imports }]) => {
      const to = (kind) => imports.filter((one) => one.kind === kind && !one.external).map((one) => basename(one.path));
      return [basename(path), { always: to('import-statement'), onOccasion: to('dynamic-import') }];
    }),
  );
}

/** Puts each chunk into the pack of the import that comes before all others that need it, else into one of its own. */
function packUp(root, chunks) {
  const closure = (entry) => reachable([entry], (chunk) => chunks.get(chunk).always);
  const needed = new Map([...chunks.keys()].map((chunk) => [chunk, closure(chunk)]));
  const occasions = (entry) => [...needed.get(entry)].flatMap((chunk) => chunks.get(chunk).onOccasion);
  const entries = reachable([root], occasions);
  const comesBefore = (entry, other) =>
    entry === other ||
    !reachable(root === entry ? [] : [root], (from) => occasions(from).filter((to) => to !== entry)).has(other);

  const of = new Map();
  const members = new Map();
  for (const chunk of chunks.keys()) {
    const needing = [...entries].filter((entry) => needed.get(entry).has(chunk));
    if (needing.length === 0) continue;
    const first = needing.find((entry) => needing.every((other) => comesBefore(entry, other))) ?? chunk;
    const pack =
      first === root ? 'main' : first.replace(/(-[A-Z0-9]{8})?\.js$/, first.startsWith('chunk-') ? '$1' : '');
    of.set(chunk, pack);
    members.set(pack, [...(members.get(pack) ?? []), chunk]);
  }
  return { of, members };
}

function reachable(from, next) {
  const seen = new Set(from);
  for (const one of seen) for (const other of next(one)) seen.add(other);
  return seen;
}

/** The text of a pack: a function that is given what it needs, see src/launch/packs.ts. */
async function joinPack(pack, members, packOf, chunks, texts) {
  const part = (chunk) => `pack:${packOf.get(chunk)}/${chunk.replace(/\.js$/, '')}`;
  const isAskedFor = (chunk) =>
    [...chunks].some(
      ([from, { always, onOccasion }]) =>
        onOccasion.includes(chunk) || (always.includes(chunk) && packOf.get(from) !== pack),
    );
  const all = members.map((chunk, at) =>
    isAskedFor(chunk)
      ? `import * as part${at} from ${JSON.stringify(chunk)}; provide(${JSON.stringify(part(chunk))}, part${at});`
      : `import ${JSON.stringify(chunk)};`,
  );
  const { outputFiles } = await build({
    ...common,
    ...small,
    stdin: { contents: all.join('\n'), resolveDir: '.' },
    format: 'cjs',
    supported: { 'dynamic-import': false },
    banner: { js: '(function (require, provide, __dirname) { "use strict";' },
    footer: { js: '})' },
    plugins: [
      {
        name: 'packs',
        setup(setup) {
          setup.onResolve({ filter: /\.js$/ }, ({ path, kind }) => {
            const chunk = basename(path);
            if (!packOf.has(chunk)) return undefined;
            return packOf.get(chunk) === pack && kind !== 'dynamic-import'
              ? { path: chunk, namespace: 'chunk' }
              : { path: part(chunk), external: true };
          });
          setup.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path }) => ({
            contents: texts.get(path),
            resolveDir: '.',
          }));
        },
      },
    ],
  });
  return outputFiles[0].text;
}

/** Node raises its own soft limit of open files before any of our code runs, and programs must not inherit that. */
const noteLimit = 'STATEVISOR_SOFT_NOFILE="$(ulimit -Sn)" ';

/**
 * The C library has a pool of memory for each thread and gives little of them back, unless told at the very beginning to have one:
 * see docs/decisions/0026. Whoever has chosen a number, or the plain way, is left alone.
 */
const oneArena =
  `case "\${MALLOC_ARENA_MAX+chosen}$STATEVISOR_PLAIN" in chosen*|*tidy*|*all*) ;; ` +
  '*) export MALLOC_ARENA_MAX=1 STATEVISOR_ARENAS=1;; esac; ';

async function bundleStart(name, prefix) {
  const { outputFiles } = await build({
    ...common,
    entryPoints: ['src/launch/start.ts'],
    format: 'cjs',
    define: {
      command: JSON.stringify(name),
      packPrefix: JSON.stringify(prefix),
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    banner: {
      // Lines 1 and 2 are read by a shell and by Node alike. src/os/launcher.ts removes what they add to the environment.
      js: ['#!/bin/sh', `":" //; ${name === 'supervisord' ? oneArena : ''}${noteLimit}exec node "$0" "$@"`].join('\n'),
    },
  });
  return outputFiles[0].text;
}
