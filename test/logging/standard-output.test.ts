import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../helpers/wait.ts';
import { makeNamedPipe, numberedLines, SlowReader, useFolder } from './places.ts';

const inFolder = useFolder();
const source = resolve(import.meta.dirname, '../../src/logging');

/** Makes a program of a test's text, in which `openLogTarget`, `createDaemonLog` and the like are at hand. */
function program(text: string): string {
  const path = inFolder('program.cjs');
  const contents = `
    import { allLogsWritten, openLogTarget } from '${join(source, 'log-target.ts')}';
    import { createDaemonLog } from '${join(source, 'daemon-log.ts')}';
    import { writeSync } from 'node:fs';
    const complaints = [];
    const complain = (message) => complaints.push(message);
    const open = (path) => openLogTarget(path, { maxBytes: 10, backups: 2, onProblem: complain });
    const daemonLog = (stdout) =>
      createDaemonLog({ path: null, maxBytes: 0, backups: 0, level: 'info', format: 'classic', stdout });
    const lines = (count) =>
      Buffer.from(Array.from({ length: count }, (_, index) => 'line ' + index + '\\n').join(''));
    ${text}`;
  buildSync({
    stdin: { contents, resolveDir: source, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: path,
    logLevel: 'error',
  });
  return path;
}

async function ended(child: ChildProcess): Promise<unknown> {
  const [status, signal] = await once(child, 'exit');
  return signal ?? status;
}

describe('/dev/stdout as a log', () => {
  test.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])(
    'as a pipe that is read slowly, called %s',
    async (path) => {
      makeNamedPipe(inFolder('out'));
      const reader = new SlowReader(inFolder('out'));
      const writeFd = openSync(inFolder('out'), 'w');
      const script = program(`const log = open('${path}'); log.write(lines(200000)); log.close();`);
      const child = spawn(process.execPath, [script], { stdio: ['ignore', writeFd, 'inherit'] });
      closeSync(writeFd);
      const end = ended(child);
      const expected = numberedLines(200_000);
      await waitFor('all to be read', () => reader.read().length >= expected.length, { everyMs: 1 });
      expect(await end).toBe(0);
      expect(reader.read().equals(expected)).toBe(true);
      reader.close();
    },
  );

  test('as a socket, which cannot be opened by its name', async () => {
    const script = program(`const log = open('/dev/stdout'); log.write(lines(200000)); log.close();`);
    // Node's own pipes for a child are sockets.
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    expect(await ended(child)).toBe(0);
    await waitFor('the last bytes', () => Buffer.concat(chunks).equals(numberedLines(200_000)));
  });

  test('as a file goes on where others write to the same descriptor, and is not rotated', async () => {
    const script = program(`
      const log = open('/dev/stdout');
      log.write(Buffer.from('one '));
      writeSync(1, 'two ');
      log.write(Buffer.from('three and more'));
      log.clear();
      log.close();`);
    const writeFd = openSync(inFolder('out'), 'w');
    const child = spawn(process.execPath, [script], { stdio: ['ignore', writeFd, 'inherit'] });
    closeSync(writeFd);
    expect(await ended(child)).toBe(0);
    expect(readFileSync(inFolder('out'), 'utf8')).toBe('one two three and more');
  });

  test('as a link to it, as images for containers have them, together with others that name it', async () => {
    symlinkSync('/dev/stdout', inFolder('access.log'));
    symlinkSync('access.log', inFolder('other.log'));
    const names = [inFolder('access.log'), inFolder('other.log'), '/dev/stdout'].map((name) => `'${name}'`);
    const script = program(`
      const logs = [${names.join(', ')}, '/proc/' + process.pid + '/fd/1'].map(open);
      const all = lines(200000);
      for (let at = 0; at < all.length; at += 1000) logs[(at / 1000) % 4].write(all.subarray(at, at + 1000));
      for (const log of logs) log.close();`);
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    expect(await ended(child)).toBe(0);
    await waitFor('the last bytes', () => Buffer.concat(chunks).equals(numberedLines(200_000)));
    expect(readlinkSync(inFolder('access.log'))).toBe('/dev/stdout');
  });

  test('as a terminal', () => {
    const script = program(`const log = open('/dev/stdout'); log.write(lines(20000)); log.close();`);
    const command = `'${process.execPath}' '${script}'`;
    const shown = execFileSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      maxBuffer: 1e7,
      stdio: 'pipe',
    });
    expect(shown.replaceAll('\r', '')).toBe(numberedLines(20_000).toString());
  });

  test('whose reader has gone is complained about once, and the daemon lives', async () => {
    const script = program(`
      const log = open('/dev/stdout');
      process.on('SIGUSR1', () => {
        for (let count = 0; count < 10; count += 1) if (!log.write(lines(100000))) process.exit(4);
        setImmediate(() => {
          writeSync(2, JSON.stringify(complaints));
          process.exit(3);
        });
      });
      setInterval(() => {}, 1e6);
      log.write(Buffer.from('ready'));`);
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaints = '';
    child.stderr?.on('data', (text) => {
      complaints += text;
    });
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    const end = ended(child);
    child.kill('SIGUSR1');
    expect(await end).toBe(3);
    await waitFor('the complaint', () => complaints !== '');
    expect(JSON.parse(complaints)).toEqual([
      "cannot write to log '/dev/stdout', its output is discarded: EPIPE: broken pipe",
    ]);
  });

  test('whose reader goes away while bytes wait for it frees those that wait', async () => {
    makeNamedPipe(inFolder('out'));
    const reader = new SlowReader(inFolder('out'));
    const writeFd = openSync(inFolder('out'), 'w');
    const script = program(`
      const log = open('/dev/stdout');
      if (log.write(lines(200000))) process.exit(4);
      log.onDrain(() => {
        if (!log.write(lines(200000))) process.exit(5);
        setImmediate(() => {
          writeSync(2, JSON.stringify(complaints));
          process.exit(3);
        });
      });
      writeSync(2, 'waiting ');`);
    const child = spawn(process.execPath, [script], { stdio: ['ignore', writeFd, 'pipe'] });
    closeSync(writeFd);
    let told = '';
    child.stderr?.on('data', (text) => {
      told += text;
    });
    const end = ended(child);
    await waitFor('the program to wait', () => told !== '');
    reader.close();
    expect(await end).toBe(3);
    await waitFor('the complaint', () => told.endsWith(']'));
    expect(told).toBe(`waiting ["cannot write to log '/dev/stdout', its output is discarded: EPIPE: broken pipe"]`);
  });
});

describe("the daemon's log on standard output", () => {
  test('is written before the next statement', async () => {
    const script = program(`
      const log = daemonLog(true);
      for (let count = 0; count < 100; count += 1) log.info('message ' + count);
      process.exit(0);`);
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let shown = '';
    child.stdout?.on('data', (text) => {
      shown += text;
    });
    expect(await ended(child)).toBe(0);
    const messages = (): unknown => shown.match(/INFO message \d+\n/g)?.length;
    await waitFor('all lines', () => messages() === 100);
  });

  test('that nobody reads any more harms nothing', async () => {
    const script = program(`
      const log = daemonLog(true);
      process.on('SIGUSR1', () => {
        for (let count = 0; count < 1000; count += 1) log.info('x'.repeat(1000));
        setImmediate(() => process.exit(3));
      });
      setInterval(() => {}, 1e6);
      log.info('ready');`);
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    const end = ended(child);
    child.kill('SIGUSR1');
    expect(await end).toBe(3);
  });

  test('that is read too slowly is bounded, and says afterwards what is missing', async () => {
    makeNamedPipe(inFolder('out'));
    const reader = new SlowReader(inFolder('out'));
    const writeFd = openSync(inFolder('out'), 'w');
    const script = program(`
      const log = daemonLog(true);
      for (let count = 0; count < 5000; count += 1) log.info('x'.repeat(1000));
      writeSync(2, 'done');`);
    const child = spawn(process.execPath, [script], { stdio: ['ignore', writeFd, 'pipe'] });
    closeSync(writeFd);
    const end = ended(child);
    await once(child.stderr ?? child, 'data');
    await waitFor('the rest', () => /\d+ messages were dropped\n$/.test(reader.read().toString()), { everyMs: 1 });
    expect(await end).toBe(0);
    const text = reader.read().toString();
    const dropped = Number(/(\d+) messages were dropped/.exec(text)?.[1]);
    expect(text.match(/INFO x{1000}\n/g)?.length).toBe(5000 - dropped);
    reader.close();
  });
});
