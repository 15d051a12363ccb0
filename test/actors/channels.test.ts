import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type AttemptChannels,
  type Channels,
  type ChannelsOptions,
  createChannels,
} from '../../src/actors/channels.ts';
import type { OpenLog, OpenOutput } from '../../src/actors/output-source.ts';
import { openLogTarget } from '../../src/logging/log-target.ts';
import { openOutputChannel } from '../../src/logging/output-channel.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { pipe, setNonBlocking } from '../../src/os/native.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';
import { waitFor } from '../helpers/wait.ts';
import { useFolder, useReadiness } from '../logging/places.ts';

const inFolder = useFolder();
const readiness = useReadiness();
const web = sampleProcess({ name: 'web' });

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** Channels with pipes `web.in`, `web.out` and `web.err` in a folder, and logs `web.stdout.log`, `web.stderr.log`. */
function openChannels(changes: Partial<ChannelsOptions> = {}) {
  const told = { warnings: [] as string[], followed: '', logs: 0 };
  const channels = createChannels({
    os: {
      openPipe: (end) => {
        const ends = pipe();
        setNonBlocking(end === 'read' ? ends.readFd : ends.writeFd);
        return ends;
      },
      closeDescriptor: closeSync,
      spareDescriptors: () => 1000,
    },
    readiness,
    pathFor: ({ name }) => inFolder(name),
    keeper: null,
    openLog: ({ name }, channel) => {
      told.logs += 1;
      const limits = { maxBytes: 0, backups: 0, onProblem: expect.unreachable };
      return openLogTarget(inFolder(`${name}.${channel}.log`), limits);
    },
    stripAnsi: false,
    isFollowed: () => false,
    onBytes: (_spec, _channel, bytes) => {
      told.followed += Buffer.from(bytes).toString();
    },
    warn: (message) => told.warnings.push(message),
    ...changes,
  });
  undo.push(() => channels.close());
  return { channels, told };
}

function opened<Outcome extends object>(outcome: Outcome | { readonly error: string }): Outcome {
  if ('error' in outcome) throw new Error(`not opened: ${outcome.error}`);
  return outcome as Outcome;
}

/** Reads an output as its actor does. */
const readOutput = (output: OpenOutput) =>
  openOutputChannel({
    pipe: output.pipe,
    target: output.log,
    stripAnsi: false,
    isLookedAt: () => false,
    onBytes: () => {},
    release: output.release,
    onProblem: expect.unreachable,
  });

function readAll({ stdinFd, stdout, stderr }: Pick<AttemptChannels, 'stdinFd' | 'stdout' | 'stderr'>) {
  const reading = [stdout, stderr].flatMap((output) => (output === null ? [] : [readOutput(output)]));
  return {
    finish: () => {
      for (const one of reading) one.finish(stdout.lasts ? 'kept' : 'lost');
      if (stdinFd !== null) closeSync(stdinFd);
    },
  };
}

interface Attempt {
  readonly child: ChildProcess;
  readonly stdinFd: number;
  /** Waits for the end of the program, and ends its attempt. */
  end(): Promise<void>;
}

/** One attempt to run a shell command. Descriptor 3 is a gate that its descendants can wait at. */
function attempt(channels: Channels, command: string, spec: ProcessSpec = web): Attempt {
  const open = opened(channels.open(spec, null));
  const { stdin, stdout, stderr } = open.program;
  const child = spawn('/bin/sh', ['-c', command], { stdio: [stdin, stdout, stderr, 'pipe'] });
  undo.push(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  open.closeProgramEnds();
  const reading = readAll(open);
  return {
    child,
    stdinFd: open.stdinFd ?? -1,
    end: async () => {
      await exit;
      reading.finish();
    },
  };
}

/** Lets those pass that wait at the gate. */
function openGate({ child }: Attempt): void {
  const gate = child.stdio[3];
  if (gate && 'end' in gate) gate.end();
}

const log = (channel: 'stdout' | 'stderr', name = 'web'): string => {
  const path = inFolder(`${name}.${channel}.log`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

/** Descriptors of this process that are open on something in the folder. */
const descriptorCount = (): number =>
  readdirSync('/proc/self/fd').filter((name) => linkOf(`/proc/self/fd/${name}`).startsWith(inFolder(''))).length;

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Ends of anonymous pipes. */
const pipeCount = (): number =>
  readdirSync('/proc/self/fd').filter((name) => linkOf(`/proc/self/fd/${name}`).startsWith('pipe:')).length;

/** The names of the pipes there are. */
const pipes = (): readonly string[] =>
  readdirSync(inFolder('.'))
    .filter((name) => lstatSync(inFolder(name)).isFIFO())
    .sort();

describe('the channels of a process', () => {
  test('bring its output to its logs, and its input to it', async () => {
    const { channels, told } = openChannels();
    const run = attempt(channels, 'read word; echo "out $word"; echo err >&2');
    writeSync(run.stdinFd, 'given\n');
    await run.end();
    expect([log('stdout'), log('stderr'), told.warnings]).toEqual(['out given\n', 'err\n', []]);
  });

  test('are pipes that belong to nobody else, under their names', () => {
    const { channels } = openChannels();
    opened(channels.open(web, null));
    expect(pipes()).toEqual(['web.err', 'web.in', 'web.out']);
    for (const name of pipes()) expect(lstatSync(inFolder(name)).mode & 0o777).toBe(0o600);
  });

  test('are one output when standard error goes down the same way', async () => {
    const { channels } = openChannels();
    const spec = { ...web, redirectStderr: true };
    await attempt(channels, 'echo out; echo err >&2', spec).end();
    expect(log('stdout')).toBe('out\nerr\n');
    expect(pipes()).toEqual(['web.in', 'web.out']);
  });

  test('bring to the logs what descendants write after the end of the program, and while the next one runs', async () => {
    const { channels, told } = openChannels();
    const first = attempt(channels, '(read gate <&3; echo late) & echo first');
    await first.end();
    expect(log('stdout')).toBe('first\n');
    const { logs } = told;
    openGate(first);
    await waitFor('what is written between two attempts', () => log('stdout') === 'first\nlate\n');
    expect(told.logs).toBe(logs + 1);
    const second = attempt(channels, '(read gate <&3; echo later) & read word; echo second');
    openGate(second);
    await waitFor('what is written beside the program', () => log('stdout').includes('later'));
    writeSync(second.stdinFd, '\n');
    await second.end();
    expect(log('stdout')).toBe('first\nlate\nlater\nsecond\n');
    expect(told.warnings).toEqual([]);
  });

  test('show what comes between two attempts to those who follow', async () => {
    const { channels, told } = openChannels({ isFollowed: (_spec, channel) => channel === 'stdout' });
    const run = attempt(channels, '(read gate <&3; echo seen; echo unseen >&2) &');
    await run.end();
    openGate(run);
    await waitFor('both', () => log('stdout') === 'seen\n' && log('stderr') === 'unseen\n');
    expect(told.followed).toBe('seen\n');
  });

  test('give the input of one attempt to no other', async () => {
    const { channels } = openChannels();
    // A descendant has the input open for as long as the next attempt takes.
    const first = attempt(channels, 'exec 4<&0; (read gate <&3) & read word');
    writeSync(first.stdinFd, 'for the first\nleft over\n');
    await first.end();
    const second = attempt(channels, 'read word; echo "$word"');
    writeSync(second.stdinFd, 'for the second\n');
    await second.end();
    expect(log('stdout')).toBe('for the second\n');
    openGate(first);
  });

  test('take no more descriptors however often the program is started', () => {
    const { channels } = openChannels();
    const once = (): void => {
      const open = opened(channels.open(web, null));
      open.closeProgramEnds();
      readAll(open).finish();
    };
    once();
    const before = descriptorCount();
    for (let count = 0; count < 1000; count += 1) once();
    expect(descriptorCount()).toBe(before);
  });

  test('leave nothing open for an attempt whose log cannot be opened', () => {
    const { channels } = openChannels({
      openLog: (_spec, channel) => (channel === 'stderr' ? { error: 'EISDIR' } : null),
    });
    channels.open(web, null);
    const before = descriptorCount();
    expect(channels.open(web, null)).toEqual({ error: 'EISDIR' });
    expect(descriptorCount()).toBe(before);
  });

  test('leave some descriptors to the daemon', () => {
    const os = { openPipe: expect.unreachable, closeDescriptor: closeSync, spareDescriptors: () => 20 };
    expect(openChannels({ os }).channels.open(web, null)).toEqual({ error: 'EMFILE' });
  });

  test('have no pipe for the input of a program that gets a socket', () => {
    const { channels } = openChannels();
    const socket = openSync('/dev/null', 'r');
    undo.push(() => closeSync(socket));
    const open = opened(channels.open(web, socket));
    expect([open.stdinFd, open.program.stdin]).toEqual([null, socket]);
    open.closeProgramEnds();
    readAll(open).finish();
    expect(pipes()).toEqual(['web.err', 'web.out']);
  });

  test('are gone with their group, and those of others are not', async () => {
    const { channels } = openChannels();
    const other = sampleProcess({ name: 'other' });
    await attempt(channels, 'echo one').end();
    const before = descriptorCount();
    await attempt(channels, 'echo two', other).end();
    channels.forget('other');
    expect(pipes()).toEqual(['web.err', 'web.in', 'web.out']);
    expect(descriptorCount()).toBe(before);
    await attempt(channels, 'echo two', { ...other, groupName: 'web' }).end();
    channels.forgetProcess(web);
    expect(pipes()).toEqual(['other.err', 'other.in', 'other.out']);
    channels.close();
    expect(descriptorCount()).toBe(before - 2);
    expect(log('stdout')).toBe('one\n');
  });

  test('bring the rest to the logs when they are forgotten while the program still runs', async () => {
    const { channels } = openChannels();
    const run = attempt(channels, 'read word; echo rest');
    channels.forget('web');
    writeSync(run.stdinFd, '\n');
    await run.end();
    expect(log('stdout')).toBe('rest\n');
    expect(pipes()).toEqual([]);
  });

  test('are made anew with the next attempt after somebody has deleted them', async () => {
    const { channels, told } = openChannels();
    const first = attempt(channels, '(read gate <&3; echo late) & echo first');
    for (const name of pipes()) unlinkSync(inFolder(name));
    await first.end();
    const before = descriptorCount();
    await attempt(channels, 'echo second').end();
    expect(log('stdout')).toBe('first\nsecond\n');
    expect(pipes()).toEqual(['web.err', 'web.in', 'web.out']);
    expect([descriptorCount(), told.warnings]).toEqual([before, []]);
    openGate(first);
  });

  test('take the place of whatever else bears their names', async () => {
    writeFileSync(inFolder('web.out'), 'a file');
    writeFileSync(inFolder('web.in'), 'another');
    const { channels } = openChannels();
    await attempt(channels, 'echo one').end();
    expect(log('stdout')).toBe('one\n');
  });

  test('are anonymous where names cannot be made, which is said once', async () => {
    const { channels, told } = openChannels({ pathFor: () => inFolder('missing/web') });
    const before = pipeCount();
    await attempt(channels, 'echo one').end();
    await attempt(channels, 'echo two').end();
    expect(log('stdout')).toBe('one\ntwo\n');
    expect(told.warnings).toEqual([
      "cannot make named pipes for 'web', its output will not outlive the daemon: ENOENT",
    ]);
    await waitFor('all to be closed', () => pipeCount() <= before);
    mkdirSync(inFolder('missing'));
    await attempt(channels, 'echo three').end();
    expect(readdirSync(inFolder('missing')).sort()).toEqual(['web.err', 'web.in', 'web.out']);
  });

  test('are anonymous, and end with the program, where nothing is to survive', async () => {
    const { channels, told } = openChannels({ pathFor: () => null });
    const run = attempt(channels, 'read word; echo "out $word"');
    writeSync(run.stdinFd, 'given\n');
    await run.end();
    expect([log('stdout'), pipes(), told.warnings]).toEqual(['out given\n', [], []]);
  });
});

describe('a keeper', () => {
  test('gets the pipes of all programs that were started at about the same time, at once', async () => {
    const held: (readonly number[])[] = [];
    const keeper = { hold: (descriptors: readonly number[]) => held.push(descriptors) };
    const { channels } = openChannels({ keeper });
    for (const name of ['one', 'two']) await attempt(channels, 'exit', sampleProcess({ name })).end();
    await waitFor('the pipes to be held', () => held.length > 0);
    expect(held).toEqual([channels.descriptors()]);
    expect(channels.descriptors()).toHaveLength(4);
    await attempt(channels, 'exit', sampleProcess({ name: 'one' })).end();
    channels.forget('one');
    await waitFor('the rest to be held', () => held.length > 1);
    expect(held[1]).toEqual(channels.descriptors());
    expect(channels.descriptors()).toHaveLength(2);
  });
});

describe('a program that outlives the daemon', () => {
  /** A program whose daemon is gone, as far as it can tell: nobody reads, and nothing is closed in order. */
  function leave(command: string) {
    const { channels } = openChannels();
    const open = opened(channels.open(web, null));
    const { stdin, stdout, stderr } = open.program;
    const child = spawn('/bin/sh', ['-c', command], { stdio: [stdin, stdout, stderr], cwd: inFolder('') });
    undo.push(() => child.kill('SIGKILL'));
    open.closeProgramEnds();
    open.stdout.log?.close();
    open.stderr?.log?.close();
    if (open.stdinFd !== null) closeSync(open.stdinFd);
    // Held by this process, as a keeper would.
    undo.push(() => open.stdout.pipe.close());
    undo.push(() => open.stderr?.pipe.close());
    if (child.pid === undefined) throw new Error('the program was not started');
    return { child, pid: child.pid, exit: once(child, 'exit') };
  }

  test('is read on and given input', async () => {
    const { pid, exit } = leave('echo before; read word; echo "after $word"; echo err >&2');
    const { channels, told } = openChannels();
    const adopted = opened(channels.adopt(web, pid));
    const reading = readAll(adopted);
    await waitFor('what was written before', () => log('stdout') === 'before\n');
    writeSync(adopted.stdinFd ?? -1, 'given\n');
    await exit;
    reading.finish();
    expect([log('stdout'), log('stderr'), told.warnings]).toEqual(['before\nafter given\n', 'err\n', []]);
    await attempt(channels, 'echo again').end();
    expect(log('stdout')).toBe('before\nafter given\nagain\n');
  });

  test('is read on although its pipes have been deleted', async () => {
    const { pid, exit } = leave('echo before; read word; echo "after $word"; echo err >&2');
    await waitFor('the program to be under way', () => readFileSync(`/proc/${pid}/cmdline`).length > 0);
    for (const name of pipes()) unlinkSync(inFolder(name));
    const { channels, told } = openChannels();
    const adopted = opened(channels.adopt(web, pid));
    const reading = readAll(adopted);
    writeSync(adopted.stdinFd ?? -1, 'given\n');
    await exit;
    reading.finish();
    expect([log('stdout'), log('stderr'), told.warnings]).toEqual(['before\nafter given\n', 'err\n', []]);
    await attempt(channels, 'echo again').end();
    expect(log('stdout')).toBe('before\nafter given\nagain\n');
    expect(pipes()).toEqual(['web.err', 'web.in', 'web.out']);
  });

  test('that writes to something else by now is not robbed of that, and is read from its next start on', async () => {
    const { pid, exit } = leave('exec >moved 2>&1 </dev/null; echo ready; exec sleep 60');
    const moved = inFolder('moved');
    await waitFor('the program to have turned away', () => existsSync(moved) && readFileSync(moved).length > 0);
    for (const name of pipes()) unlinkSync(inFolder(name));
    const { channels, told } = openChannels();
    const adopted = opened(channels.adopt(web, pid));
    expect(adopted.stdinFd).toBeNull();
    const gone = (channel: string): string =>
      `the pipe of 'web' for ${channel} is gone; what it writes is lost until it is started again`;
    expect(told.warnings).toEqual([gone('stdout'), gone('stderr')]);
    const reading = readAll(adopted);
    process.kill(pid, 'SIGKILL');
    await exit;
    reading.finish();
    await attempt(channels, 'echo again').end();
    expect(log('stdout')).toBe('again\n');
  });

  test('and has closed its input gets none', async () => {
    const { pid, exit } = leave('exec <&-; echo ready; exec sleep 60');
    const { channels } = openChannels();
    const reading = readAll(opened(channels.adopt(web, pid)));
    await waitFor('the program', () => log('stdout') === 'ready\n');
    reading.finish();
    const again = opened(openChannels().channels.adopt(web, pid));
    expect(again.stdinFd).toBeNull();
    readAll(again).finish();
    process.kill(pid, 'SIGKILL');
    await exit;
  });

  test('goes on although its log cannot be opened, which gets its output when it can', async () => {
    const { exit, pid } = leave('echo heard later');
    await exit;
    const openings = [{ error: 'EACCES' }, { error: 'EACCES' }];
    const openLog: OpenLog = (_spec, channel) =>
      openings.shift() ??
      openLogTarget(inFolder(`web.${channel}.log`), { maxBytes: 0, backups: 0, onProblem: expect.unreachable });
    const { channels, told } = openChannels({ openLog });
    const reading = readAll(opened(channels.adopt(web, pid)));
    await waitFor('its output', () => existsSync(inFolder('web.stdout.log')) && log('stdout') === 'heard later\n');
    expect(told.warnings).toContain("cannot open the stdout log of 'web': EACCES");
    reading.finish();
  });

  test('and ended while no daemon lived has its last words logged, before those of the next one', async () => {
    const { exit } = leave('echo last words; echo last complaint >&2');
    await exit;
    const { channels } = openChannels();
    channels.collect(web);
    await attempt(channels, 'echo first words').end();
    await waitFor('the complaint', () => log('stderr') === 'last complaint\n');
    expect(log('stdout')).toBe('last words\nfirst words\n');
  });
});

describe('without a place for pipes', () => {
  test('there is nothing to go on with', () => {
    const { channels } = openChannels({ pathFor: () => null });
    expect(channels.adopt(web, process.pid)).toEqual({ error: 'ENOENT' });
    channels.collect(web);
    expect(channels.descriptors()).toEqual([]);
  });
});
