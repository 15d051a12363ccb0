import { describe, expect, it } from 'vitest';
import type { AttemptChannels } from '../../src/actors/channels.ts';
import { launch } from '../../src/actors/launch.ts';
import { OpenOutput } from '../../src/actors/output-source.ts';
import type { Failure, Os, SpawnFailure } from '../../src/os/os.ts';
import { WatchedDescriptor } from '../../src/os/watched-pipe.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

const notNeeded = (): never => {
  throw new Error('nobody needs this here');
};

/** As much of a system as an attempt needs: it finds every command and starts none. */
function refusing(outcome: SpawnFailure, closed: unknown[]): Os {
  const system: Pick<Os, 'environment' | 'closeDescriptor' | 'findCommand' | 'spawn'> = {
    environment: {},
    closeDescriptor: (fd) => closed.push(fd),
    findCommand: ({ word }) => ({ kind: 'found', file: word }),
    spawn: () => outcome,
  };
  return system as Os;
}

function attempt(outcome: SpawnFailure, opened: 'open' | Failure = 'open') {
  const closed: unknown[] = [];
  const output = (name: string, fd: number) =>
    new OpenOutput({
      pipe: new WatchedDescriptor(fd, { enter: notNeeded, leave: notNeeded }, true),
      log: null,
      lasts: false,
      release: () => closed.push(name),
    });
  const channels: AttemptChannels = {
    program: { stdin: 10, stdout: 11, stderr: 12 },
    closeProgramEnds: () => closed.push('program ends'),
    stdinFd: 20,
    stdout: output('stdout', 21),
    stderr: output('stderr', 22),
  };
  const launched = launch(
    {
      os: refusing(outcome, closed),
      channels: { open: () => (opened === 'open' ? channels : opened) },
      serverUrl: null,
    },
    { spec: sampleProcess(), listeningFd: null, tree: null, onExit: notNeeded },
  );
  return { launched, closed };
}

describe('an attempt that finds no room', () => {
  it.each([
    ['processes', 'EAGAIN', "Too many processes in process table to spawn 'web'"],
    ['memory', 'ENOMEM', "unknown error during fork for 'web': ENOMEM"],
  ])('for %s fails in words for people, and leaves nothing open', (_what, reason, text) => {
    const { launched, closed } = attempt({ kind: 'fork', reason });
    expect(launched).toEqual({ kind: 'failed', reason: text });
    expect(closed).toEqual(['program ends', 20, 'stdout', 'stderr']);
  });

  it.each([
    ['EMFILE', "too many open files to spawn 'web'"],
    ['ENOSPC', "unknown error making dispatchers for 'web': ENOSPC"],
  ])('for its channels fails with %s in words for people', (error, text) => {
    const { launched, closed } = attempt({ kind: 'fork', reason: 'EAGAIN' }, { error });
    expect(launched).toEqual({ kind: 'failed', reason: text });
    expect(closed).toEqual([]);
  });
});
