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
  readonly #known = new Map<string, { readonly spec: ProcessSpec; readonly output: LastingOutput }>();
  #keeping: NodeJS.Timeout | null = null;

  constructor(options: LastingOutputsOptions) {
    this.#options = options;
  }

  /** For an attempt to start the process; another pipe than before if that has been deleted. */
  open(place: OutputPlace): LastingOutput | Failure {
    const known = this.#known.get(keyOf(place))?.output;
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
    return [...this.#known.values()].map(({ output }) => output.pipe.end.fd);
  }

  /** Takes away the pipes of those processes. */
  forget(isMeant: (spec: ProcessSpec) => boolean): void {
    for (const [key, { spec, output }] of this.#known) {
      if (!isMeant(spec)) continue;
      this.#known.delete(key);
      output.forget();
    }
    this.#keepSoon();
  }

  /** Takes away all of them. */
  close(): void {
    this.forget(() => true);
    if (this.#keeping !== null) clearTimeout(this.#keeping);
    this.#keeping = null;
  }

  #rememberUnlessFailed(place: OutputPlace, pipe: LastingPipe | Failure): LastingOutput | Failure {
    return 'error' in pipe ? pipe : this.#remember(place, pipe);
  }

  #remember(place: OutputPlace, pipe: LastingPipe): LastingOutput {
    const output = new LastingOutput(this.#options, pipe, place.spec, place.channel);
    this.#known.set(keyOf(place), { spec: place.spec, output });
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

const keyOf = ({ spec, channel }: OutputPlace): string => `${spec.groupName}:${spec.name}:${channel}`;
