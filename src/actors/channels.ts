/**
 * What programs read from and write to. Where there is a runtime directory these are named pipes that belong to a process
 * and not to one attempt to start it: they outlive the daemon, and the next one goes on with them. Elsewhere they are
 * anonymous pipes of one attempt.
 */

import { constants } from 'node:fs';
import type { LogTarget } from '../logging/log-target.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import { openFifoForProgram, openFifoToWrite } from '../os/fifo.ts';
import { failureOf, LastingPipe, makeFreshFifo, openDeletedFifo, removeName } from '../os/lasting-pipe.ts';
import type { Failure, Os } from '../os/os.ts';
import type { Readiness } from '../os/readiness.ts';
import type { WatchedPipe } from '../os/watched-pipe.ts';
import { type BetweenAttempts, LastingOutput } from './lasting-output.ts';
import { OpenOutput, type OutputChannelName } from './output-source.ts';

export interface ChannelsOptions extends BetweenAttempts {
  readonly readiness: Pick<Readiness, 'own'>;
  readonly os: Pick<Os, 'openPipe' | 'closeDescriptor' | 'spareDescriptors'>;
  /** Where the pipes of a process are to be, without their endings; null = anonymous pipes. */
  readonly pathFor: (spec: ProcessSpec) => string | null;
  /** Keeps the pipes open beyond the daemon; null = only programs do. */
  readonly keeper: { hold(descriptors: readonly number[]): void } | null;
}

/** The daemon's ends. */
export interface OpenChannels {
  /** null when standard input is a listening socket, or is closed: nothing can be written to it. */
  readonly stdinFd: number | null;
  readonly stdout: OpenOutput;
  /** null when it goes down the other channel. */
  readonly stderr: OpenOutput | null;
}

export interface AttemptChannels extends OpenChannels {
  readonly program: { readonly stdin: number; readonly stdout: number; readonly stderr: number };
  /** After the spawn: the daemon's copies of the program's ends are closed. */
  closeProgramEnds(): void;
}

export interface Channels {
  /** For an attempt: pipes and logs in this order. Everything is closed again when one cannot be opened. */
  open(spec: ProcessSpec, listeningFd: number | null): AttemptChannels | Failure;
  /** For a program that runs already, as `pid`, since an earlier daemon started it. */
  adopt(spec: ProcessSpec, pid: number): OpenChannels | Failure;
  /** For a program that ended while no daemon lived: what it has left in its pipes gets to its logs. */
  collect(spec: ProcessSpec): void;
  /** Ends of pipes that have to be kept open by whoever takes the daemon's place. */
  descriptors(): readonly number[];
  /** Takes away the pipes of one process. */
  forgetProcess(spec: ProcessSpec): void;
  /** Takes away the pipes of all processes of a group. */
  forget(group: string): void;
  /** Takes away all pipes. */
  close(): void;
}

const endings = { stdin: 'in', stdout: 'out', stderr: 'err' } as const;
const descriptorNumbers = { stdin: 0, stdout: 1, stderr: 2 } as const;

/** Programs leave so many descriptors to the daemon: it must be able to answer those who want to know what is wrong. */
const reservedDescriptors = 24;

/** Milliseconds in which other pipes may be made, before all are given to a keeper. */
const keepAfterMs = 200;

interface ProgramOutput {
  readonly programFd: number;
  readonly pipe: WatchedPipe;
  readonly release: () => void;
}

interface ProgramInput {
  readonly programFd: number;
  /** The other end; null when it is no pipe. */
  readonly daemonFd: number | null;
}

/** All pipes of one process. */
interface Lasting {
  readonly spec: ProcessSpec;
  readonly path: string;
  readonly outputs: Map<OutputChannelName, LastingOutput>;
}

export function createChannels(options: ChannelsOptions): Channels {
  const { os, readiness, pathFor, openLog, keeper, warn } = options;
  const known = new Map<string, Lasting>();
  const warned = new Set<string>();
  let keeping: NodeJS.Timeout | null = null;

  const lastingOf = (spec: ProcessSpec, path: string): Lasting => {
    const lasting = known.get(keyOf(spec)) ?? { spec, path, outputs: new Map() };
    known.set(keyOf(spec), lasting);
    return lasting;
  };

  const descriptors = (): readonly number[] =>
    [...known.values()].flatMap(({ outputs }) => [...outputs.values()].map(({ pipe }) => pipe.end.fd));

  const keepSoon = (): void => {
    if (keeper === null || keeping !== null) return;
    keeping = setTimeout(() => {
      keeping = null;
      keeper.hold(descriptors());
    }, keepAfterMs).unref();
  };

  const remember = (lasting: Lasting, channel: OutputChannelName, pipe: LastingPipe): LastingOutput => {
    const output = new LastingOutput(options, pipe, lasting.spec, channel);
    lasting.outputs.set(channel, output);
    keepSoon();
    return output;
  };

  /** Named pipes may be impossible for now, as on a full disk: the program must be started all the same. */
  const warnOfAnonymous = (spec: ProcessSpec, { error }: Failure): void => {
    if (warned.has(keyOf(spec))) return;
    warned.add(keyOf(spec));
    warn(`cannot make named pipes for '${spec.name}', its output will not outlive the daemon: ${error}`);
  };

  const openAnonymousOutput = (): ProgramOutput | Failure => {
    const pipe = os.openPipe('read');
    if ('error' in pipe) return pipe;
    const end = readiness.own(pipe.readFd);
    return { programFd: pipe.writeFd, pipe: end, release: () => end.close() };
  };

  const openLastingOutput = (spec: ProcessSpec, path: string, channel: OutputChannelName): ProgramOutput | Failure => {
    const lasting = lastingOf(spec, path);
    let output = lasting.outputs.get(channel);
    if (output !== undefined && !output.pipe.isStillThere()) {
      output.forget();
      output = undefined;
    }
    if (output === undefined) {
      const pipe = LastingPipe.open(`${path}.${endings[channel]}`, readiness.own);
      if ('error' in pipe) return pipe;
      output = remember(lasting, channel, pipe);
    }
    const programFd = output.pipe.openForProgram();
    if (typeof programFd !== 'number') return programFd;
    const attached = output;
    return { programFd, pipe: attached.attach(), release: () => attached.release() };
  };

  const openProgramOutput = (spec: ProcessSpec, channel: OutputChannelName): ProgramOutput | Failure => {
    const path = pathFor(spec);
    if (path === null) return openAnonymousOutput();
    const output = openLastingOutput(spec, path, channel);
    if (!('error' in output) || isShortage(output)) return output;
    warnOfAnonymous(spec, output);
    return openAnonymousOutput();
  };

  const openProgramInput = (spec: ProcessSpec, listeningFd: number | null): ProgramInput | Failure => {
    if (listeningFd !== null) return { programFd: listeningFd, daemonFd: null };
    const path = pathFor(spec);
    const input = path === null ? null : openNamedInput(`${path}.${endings.stdin}`, os);
    if (input !== null && (!('error' in input) || isShortage(input))) return input;
    if (input !== null) warnOfAnonymous(spec, input);
    const pipe = os.openPipe('write');
    return 'error' in pipe ? pipe : { programFd: pipe.readFd, daemonFd: pipe.writeFd };
  };

  /** The pipe of a running program; an empty one for later attempts when the program's own cannot be found any more. */
  const findOutput = (spec: ProcessSpec, path: string, channel: OutputChannelName, pid: number) => {
    const name = `${path}.${endings[channel]}`;
    const found =
      LastingPipe.openExisting(name, readiness.own) ??
      LastingPipe.openDeleted(name, { pid, fd: descriptorNumbers[channel] }, readiness.own);
    if (found !== null) return found;
    warn(`the pipe of '${spec.name}' for ${channel} is gone; what it writes is lost until it is started again`);
    return LastingPipe.open(name, readiness.own);
  };

  /** A program that runs must not be given up because its log cannot be opened. */
  const openLogOfRunning = (spec: ProcessSpec, channel: OutputChannelName): LogTarget | null => {
    const log = openLog(spec, channel);
    if (log === null || !('error' in log)) return log;
    warn(`cannot open the ${channel} log of '${spec.name}', its output is lost: ${log.error}`);
    return null;
  };

  const forgetOne = (key: string, { outputs, path }: Lasting): void => {
    known.delete(key);
    for (const output of outputs.values()) output.forget();
    removeQuietly(`${path}.${endings.stdin}`);
  };

  return {
    open: (spec, listeningFd) => {
      if (os.spareDescriptors() < reservedDescriptors) return { error: 'EMFILE' };
      const opened: { readonly open: OpenOutput; readonly programFd: number }[] = [];
      const giveUp = (failure: Failure): Failure => {
        for (const { open, programFd } of opened) {
          os.closeDescriptor(programFd);
          open.abandon();
        }
        return failure;
      };
      for (const channel of outputChannelsOf(spec)) {
        const output = openProgramOutput(spec, channel);
        if ('error' in output) return giveUp(output);
        const log = openLog(spec, channel);
        if (log !== null && 'error' in log) {
          os.closeDescriptor(output.programFd);
          output.release();
          return giveUp(log);
        }
        opened.push({ open: new OpenOutput(output.pipe, log, output.release), programFd: output.programFd });
      }
      const [stdout, stderr] = opened;
      const stdin = openProgramInput(spec, listeningFd);
      if ('error' in stdin) return giveUp(stdin);
      if (stdout === undefined) return giveUp({ error: 'EBADF' });
      return {
        stdinFd: stdin.daemonFd,
        stdout: stdout.open,
        stderr: stderr?.open ?? null,
        program: {
          stdin: stdin.programFd,
          stdout: stdout.programFd,
          stderr: (stderr ?? stdout).programFd,
        },
        closeProgramEnds: () => {
          if (stdin.daemonFd !== null) os.closeDescriptor(stdin.programFd);
          for (const { programFd } of opened) os.closeDescriptor(programFd);
        },
      };
    },

    adopt: (spec, pid) => {
      const path = pathFor(spec);
      if (path === null) return { error: 'ENOENT' };
      const lasting = lastingOf(spec, path);
      const opened: OpenOutput[] = [];
      for (const channel of outputChannelsOf(spec)) {
        const pipe = findOutput(spec, path, channel, pid);
        if ('error' in pipe) {
          for (const output of opened) output.abandon();
          return pipe;
        }
        const output = remember(lasting, channel, pipe);
        opened.push(new OpenOutput(output.attach(), openLogOfRunning(spec, channel), () => output.release()));
      }
      const [stdout, stderr] = opened;
      if (stdout === undefined) return { error: 'EBADF' };
      const stdinFd = spec.socket === undefined ? findInput(`${path}.${endings.stdin}`, pid) : null;
      return { stdinFd, stdout, stderr: stderr ?? null };
    },

    collect: (spec) => {
      const path = pathFor(spec);
      if (path === null) return;
      for (const channel of outputChannelsOf(spec)) {
        const pipe = LastingPipe.openExisting(`${path}.${endings[channel]}`, readiness.own);
        if (pipe !== null) remember(lastingOf(spec, path), channel, pipe).release();
      }
    },

    descriptors,

    forgetProcess: (spec) => {
      const lasting = known.get(keyOf(spec));
      if (lasting !== undefined) forgetOne(keyOf(spec), lasting);
      keepSoon();
    },

    forget: (group) => {
      for (const [key, lasting] of known) if (lasting.spec.groupName === group) forgetOne(key, lasting);
      keepSoon();
    },

    close: () => {
      if (keeping !== null) clearTimeout(keeping);
      keeping = null;
      for (const [key, lasting] of known) forgetOne(key, lasting);
    },
  };
}

const keyOf = (spec: ProcessSpec): string => `${spec.groupName}:${spec.name}`;

const outputChannelsOf = (spec: ProcessSpec): readonly OutputChannelName[] =>
  spec.redirectStderr ? ['stdout'] : ['stdout', 'stderr'];

/** Of descriptors: an anonymous pipe would need as many. */
const isShortage = ({ error }: Failure): boolean => error === 'EMFILE' || error === 'ENFILE';

/** Made anew with each attempt: nobody gets input that was meant for another one. */
function openNamedInput(path: string, os: Pick<Os, 'closeDescriptor'>): ProgramInput | Failure {
  const failure = makeFreshFifo(path);
  if (failure !== null) return failure;
  let programFd: number | null = null;
  try {
    programFd = openFifoForProgram(path);
    return { programFd, daemonFd: openFifoToWrite(path) };
  } catch (error) {
    if (programFd !== null) os.closeDescriptor(programFd);
    return failureOf(error);
  }
}

/** null when the program has closed its standard input, or nothing leads to it any more. */
function findInput(path: string, pid: number): number | null {
  try {
    return openFifoToWrite(path);
  } catch {
    return openDeletedFifo(path, { pid, fd: descriptorNumbers.stdin }, constants.O_WRONLY);
  }
}

function removeQuietly(path: string): void {
  try {
    removeName(path);
  } catch {
    // The directory goes as a whole when the daemon ends, and says then what cannot be removed.
  }
}
