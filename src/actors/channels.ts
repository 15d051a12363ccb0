/**
 * What programs read from and write to. Where there is a runtime directory these are named pipes that belong to a process
 * and not to one attempt to start it: they outlive the daemon, and the next one goes on with them. Elsewhere they are
 * anonymous pipes of one attempt.
 */

import type { OutputLog } from '../logging/lazy-log.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Failure, Os } from '../os/os.ts';
import type { WatchedPipe } from '../os/watched-pipe.ts';
import { LastingOutputs, type LastingOutputsOptions } from './lasting-outputs.ts';
import { OpenOutput, type OutputChannelName, openLater } from './output-source.ts';
import { findNamedInput, openNamedInput, type ProgramInput, removeNamedInput } from './program-input.ts';

export interface ChannelsOptions extends LastingOutputsOptions {
  readonly os: Pick<Os, 'openPipe' | 'closeDescriptor' | 'spareDescriptors'>;
  /** Where the pipes of a process are to be, without their endings; null = anonymous pipes. */
  readonly pathFor: (spec: ProcessSpec) => string | null;
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
  /** At the end of the daemon: closes all pipes, whose names go together with the directory they are in. */
  close(): void;
}

/** Programs leave so many descriptors to the daemon: it must be able to answer those who want to know what is wrong. */
const reservedDescriptors = 24;

interface ProgramOutput {
  readonly programFd: number;
  readonly pipe: WatchedPipe;
  readonly lasts: boolean;
  readonly release: () => void;
}

export function createChannels(options: ChannelsOptions): Channels {
  const { os, readiness, pathFor, openLog, warn } = options;
  const outputs = new LastingOutputs(options);
  /** Where the pipes are of those that may have one for their input: by group, and then by name. */
  const inputs = new Map<string, Map<string, string>>();
  const warned = new Set<string>();

  /** Named pipes may be impossible for now, as on a full disk: the program must be started all the same. */
  const warnOfAnonymous = (spec: ProcessSpec, { error }: Failure): void => {
    if (warned.has(keyOf(spec))) return;
    warned.add(keyOf(spec));
    warn(`cannot make named pipes for '${spec.name}', its output will not outlive the daemon: ${error}`);
  };

  const openAnonymousOutput = (): ProgramOutput | Failure => {
    const ends = os.openPipe('read');
    if ('error' in ends) return ends;
    const pipe = readiness.own(ends.readFd);
    return { programFd: ends.writeFd, pipe, lasts: false, release: () => pipe.close() };
  };

  const openLastingOutput = (spec: ProcessSpec, channel: OutputChannelName, pipes: string): ProgramOutput | Failure => {
    const output = outputs.open({ spec, channel, pipes });
    if ('error' in output) return output;
    const programFd = output.pipe.openForProgram();
    if (typeof programFd !== 'number') return programFd;
    return { programFd, pipe: output.attach(), lasts: true, release: () => output.release() };
  };

  const openProgramOutput = (
    spec: ProcessSpec,
    channel: OutputChannelName,
    pipes: string | null,
  ): ProgramOutput | Failure => {
    if (pipes === null) return openAnonymousOutput();
    const output = openLastingOutput(spec, channel, pipes);
    if (!('error' in output) || isShortage(output)) return output;
    warnOfAnonymous(spec, output);
    return openAnonymousOutput();
  };

  const openProgramInput = (
    spec: ProcessSpec,
    listeningFd: number | null,
    pipes: string | null,
  ): ProgramInput | Failure => {
    if (listeningFd !== null) return { programFd: listeningFd, daemonFd: null };
    if (pipes !== null) {
      mayHaveInput(spec, pipes);
      const input = openNamedInput(pipes, os);
      if (!('error' in input) || isShortage(input)) return input;
      warnOfAnonymous(spec, input);
    }
    const ends = os.openPipe('write');
    return 'error' in ends ? ends : { programFd: ends.readFd, daemonFd: ends.writeFd };
  };

  /** A program that runs must not be given up because its log cannot be opened for now. */
  const openLogOfRunning = (spec: ProcessSpec, channel: OutputChannelName): OutputLog => {
    const log = openLater({ openLog, warn }, spec, channel);
    log.open();
    return log;
  };

  const mayHaveInput = ({ groupName, name }: ProcessSpec, pipes: string): void => {
    inputs.set(groupName, (inputs.get(groupName) ?? new Map<string, string>()).set(name, pipes));
  };

  const removeInputs = (group: string): void => {
    for (const pipes of inputs.get(group)?.values() ?? []) removeNamedInput(pipes);
    inputs.delete(group);
  };

  return {
    open: (spec, listeningFd) => {
      if (os.spareDescriptors() < reservedDescriptors) return { error: 'EMFILE' };
      // Asked once for all of them, for each answer is a look at whether the directory is still there.
      const pipes = pathFor(spec);
      const opened: { readonly open: OpenOutput; readonly programFd: number }[] = [];
      const giveUp = (failure: Failure): Failure => {
        for (const { open, programFd } of opened) {
          os.closeDescriptor(programFd);
          open.abandon();
        }
        return failure;
      };
      for (const channel of outputChannelsOf(spec)) {
        const output = openProgramOutput(spec, channel, pipes);
        if ('error' in output) return giveUp(output);
        const log = openLog(spec, channel);
        if (log !== null && 'error' in log) {
          os.closeDescriptor(output.programFd);
          output.release();
          return giveUp(log);
        }
        opened.push({ open: new OpenOutput({ ...output, log }), programFd: output.programFd });
      }
      const [stdout, stderr] = opened;
      const stdin = openProgramInput(spec, listeningFd, pipes);
      if ('error' in stdin) return giveUp(stdin);
      if (stdout === undefined) return giveUp({ error: 'EBADF' });
      return {
        stdinFd: stdin.daemonFd,
        stdout: stdout.open,
        stderr: stderr?.open ?? null,
        program: { stdin: stdin.programFd, stdout: stdout.programFd, stderr: (stderr ?? stdout).programFd },
        closeProgramEnds: () => {
          if (stdin.daemonFd !== null) os.closeDescriptor(stdin.programFd);
          for (const { programFd } of opened) os.closeDescriptor(programFd);
        },
      };
    },

    adopt: (spec, pid) => {
      const pipes = pathFor(spec);
      if (pipes === null) return { error: 'ENOENT' };
      const opened: OpenOutput[] = [];
      for (const channel of outputChannelsOf(spec)) {
        const output = outputs.find({ spec, channel, pipes }, pid);
        if ('error' in output) {
          for (const open of opened) open.abandon();
          return output;
        }
        const log = openLogOfRunning(spec, channel);
        opened.push(new OpenOutput({ pipe: output.attach(), log, lasts: true, release: () => output.release() }));
      }
      const [stdout, stderr] = opened;
      if (stdout === undefined) return { error: 'EBADF' };
      mayHaveInput(spec, pipes);
      const stdinFd = spec.socket === undefined ? findNamedInput(pipes, pid) : null;
      return { stdinFd, stdout, stderr: stderr ?? null };
    },

    collect: (spec) => {
      const pipes = pathFor(spec);
      if (pipes === null) return;
      mayHaveInput(spec, pipes);
      for (const channel of outputChannelsOf(spec)) outputs.collect({ spec, channel, pipes });
    },

    descriptors: () => outputs.descriptors(),

    forgetProcess: (spec) => {
      outputs.forgetProcess(spec);
      const pipes = inputs.get(spec.groupName)?.get(spec.name);
      inputs.get(spec.groupName)?.delete(spec.name);
      if (pipes !== undefined) removeNamedInput(pipes);
    },

    forget: (group) => {
      outputs.forgetGroup(group);
      removeInputs(group);
    },

    close: () => {
      outputs.close();
      inputs.clear();
    },
  };
}

const keyOf = (spec: ProcessSpec): string => `${spec.groupName}:${spec.name}`;

const outputChannelsOf = (spec: ProcessSpec): readonly OutputChannelName[] =>
  spec.redirectStderr ? ['stdout'] : ['stdout', 'stderr'];

/** Of descriptors: an anonymous pipe would need as many. */
const isShortage = ({ error }: Failure): boolean => error === 'EMFILE' || error === 'ENFILE';
