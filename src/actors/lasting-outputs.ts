/**
 * The named pipes that all processes write to: made with the first attempt to start a process, and kept until its group is
 * removed. A keeper gets them all as well, so that they last even longer than the daemon.
 */

import type { ProcessSpec } from '../model/program-spec.ts';
import type { Keeper } from '../os/keeper.ts';
import { LastingPipe } from '../os/lasting-pipe.ts';
import type { Failure } from '../os/os.ts';
import type { Readiness } from '../os/readiness.ts';
import { type BetweenAttempts, LastingOutput } from './lasting-output.ts';
import type { OutputChannelName } from './output-source.ts';

export interface LastingOutputsOptions extends BetweenAttempts {
  readonly readiness: Pick<Readiness, 'own'>;
  /** null = only programs keep them. */
  readonly keeper: Pick<Keeper, 'hold'> | null;
}

/** Which pipe. `pipes`: where the pipes of the process are, without their endings. */
export interface OutputPlace {
  readonly spec: ProcessSpec;
  readonly channel: OutputChannelName;
  readonly pipes: string;
}

/** Milliseconds in which other pipes may be made, before all are given to a keeper. */
const keepAfterMs = 200;

export class LastingOutputs {
  readonly #options: LastingOutputsOptions;
  /** By group, and then by process and channel: a group is taken away without a look at all others. */
  readonly #known = new Map<string, Map<string, LastingOutput>>();
  #keeping: NodeJS.Timeout | null = null;

  constructor(options: LastingOutputsOptions) {
    this.#options = options;
  }

  /** For an attempt to start the process; another pipe than before if that has been deleted. */
  open(place: OutputPlace): LastingOutput | Failure {
    const known = this.#known.get(place.spec.groupName)?.get(keyOf(place));
    if (known?.pipe.isStillThere() === true) return known;
    known?.forget();
    return this.#rememberUnlessFailed(place, LastingPipe.open(pathOf(place), this.#options.readiness.own));
  }

  /** Of a program that runs; an empty one for later attempts when the program's own cannot be found any more. */
  find(place: OutputPlace, pid: number): LastingOutput | Failure {
    const { readiness, warn } = this.#options;
    const path = pathOf(place);
    const found =
      LastingPipe.openExisting(path, readiness.own) ??
      LastingPipe.openDeleted(path, { pid, fd: descriptorNumbers[place.channel] }, readiness.own);
    if (found !== null) return this.#remember(place, found);
    warn(
      `the pipe of '${place.spec.name}' for ${place.channel} is gone; what it writes is lost until it is started again`,
    );
    return this.#rememberUnlessFailed(place, LastingPipe.open(path, readiness.own));
  }

  /** Brings to its log what was left in the pipe while no daemon lived. */
  collect(place: OutputPlace): void {
    const pipe = LastingPipe.openExisting(pathOf(place), this.#options.readiness.own);
    if (pipe !== null) this.#remember(place, pipe).release();
  }

  /** The daemon's ends. */
  descriptors(): readonly number[] {
    return [...this.#known.values()].flatMap((outputs) => [...outputs.values()].map(({ pipe }) => pipe.end.fd));
  }

  /** Takes away the pipes of one process. */
  forgetProcess(spec: ProcessSpec): void {
    const outputs = this.#known.get(spec.groupName);
    for (const channel of ['stdout', 'stderr'] as const) {
      const key = keyOf({ spec, channel });
      outputs?.get(key)?.forget();
      outputs?.delete(key);
    }
    this.#keepSoon();
  }

  /** Takes away the pipes of all processes of a group. */
  forgetGroup(group: string): void {
    for (const output of this.#known.get(group)?.values() ?? []) output.forget();
    this.#known.delete(group);
    this.#keepSoon();
  }

  /** Closes all of them. Their names go together with the directory they are in. */
  close(): void {
    for (const outputs of this.#known.values()) for (const output of outputs.values()) output.end();
    this.#known.clear();
    if (this.#keeping !== null) clearTimeout(this.#keeping);
    this.#keeping = null;
  }

  #rememberUnlessFailed(place: OutputPlace, pipe: LastingPipe | Failure): LastingOutput | Failure {
    return 'error' in pipe ? pipe : this.#remember(place, pipe);
  }

  #remember(place: OutputPlace, pipe: LastingPipe): LastingOutput {
    const output = new LastingOutput(this.#options, pipe, place.spec, place.channel);
    const { groupName } = place.spec;
    const outputs = this.#known.get(groupName) ?? new Map<string, LastingOutput>();
    this.#known.set(groupName, outputs.set(keyOf(place), output));
    this.#keepSoon();
    return output;
  }

  #keepSoon(): void {
    const { keeper } = this.#options;
    if (keeper === null) return;
    this.#keeping ??= setTimeout(() => {
      this.#keeping = null;
      keeper.hold(this.descriptors());
    }, keepAfterMs).unref();
  }
}

const endings = { stdout: 'out', stderr: 'err' } as const;
const descriptorNumbers = { stdout: 1, stderr: 2 } as const;

const pathOf = ({ pipes, channel }: OutputPlace): string => `${pipes}.${endings[channel]}`;

/** Within its group. */
const keyOf = ({ spec, channel }: Pick<OutputPlace, 'spec' | 'channel'>): string => `${spec.name}:${channel}`;
