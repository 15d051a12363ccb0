/**
 * Brings what a program writes into a pipe to its log, byte for byte and in order. Where nobody has to look at the bytes
 * they go from the pipe into the file within the system; otherwise a copy is read, and they leave the pipe when they are
 * in the log. A daemon that is killed at any moment therefore loses nothing that the program has written.
 */

import { takesFastPath } from '../os/fast-paths.ts';
import { bytesWaiting, growPipe, type Moved, pipeCapacity } from '../os/fifo.ts';
import type { WatchedPipe } from '../os/watched-pipe.ts';
import type { ReportProblem, Taken } from './log-sink.ts';
import { OutputRoute, type OutputRouteOptions } from './output-route.ts';
import { dropBytes, dropFront, prepareCopies, readFront, readOut } from './pipe-copy.ts';
import { WritingPace } from './writing-pace.ts';

export type { CaptureOptions, OutputFate } from './output-route.ts';

/** One buffer for all channels: it is filled and emptied again within one callback. */
const sharedBuffer = Buffer.allocUnsafeSlow(128 * 1024);

/** Most that one channel moves before others have their turn. */
const turnLimitBytes = 1024 * 1024;

/**
 * Bytes moved at most after the end of the program: as much as the largest pipe holds (Linux's pipe-max-size). A program
 * that lives on in the background and writes without pause must not hold up the daemon.
 */
const finishLimitBytes = 1024 * 1024;
const finishStepBytes = 64 * 1024;

/**
 * The buffer for what is left at an end, unless it is in use: a look at bytes may end another channel. Not a new one for
 * each end, since such buffers stay until the garbage is collected, and tear holes into the memory when they go.
 */
let spareBuffer: Buffer | null = null;

/** After fewer bytes than these there is hardly more in the pipe already. */
const worthAnotherLookBytes = 48 * 1024;

/**
 * Milliseconds for which the writes of a program that writes all the time are gathered, and what its pipe has to hold for
 * that, so that it is not held up.
 */
const gatherMs = 2;
const roomToGatherBytes = 512 * 1024;

/** What a log that has no room is given to wait for it with: less could not fill what becomes free in a pipe at once. */
const pieceForFullLogBytes = 4096;

/** Milliseconds between two looks at a log that cannot be written: twice as long each time. */
const firstLookAtLogMs = 5;
const lastLookAtLogMs = 1000;

/**
 * The part of a pipe that is left to bytes which wait for their log. With more in it the program may already have to wait:
 * each page of a pipe is at least half filled.
 */
const waitingPart = 3 / 8;

/** Most that is copied at once: what a log that cannot be written holds of it. */
const copyStepBytes = 64 * 1024;

/** What a pipe that is found full may grow to; an ordinary user's pipes may not all be as large, which is no error. */
const largePipeBytes = 1024 * 1024;

export interface OutputChannelOptions extends OutputRouteOptions {
  /** Its descriptor never blocks. */
  readonly pipe: WatchedPipe;
  /** Whether somebody looks at the bytes now; asked each time there are some. If not, `onBytes` need not be called. */
  readonly isLookedAt: () => boolean;
  /** Called before bytes leave the pipe that are in it, and when what `onBytes` was told of has left it. */
  readonly onMoving?: () => void;
  readonly onMoved?: () => void;
  /** Called when the last writer has closed the pipe, if that comes before `finish`. */
  readonly onEnd?: () => void;
  /** Takes the pipe back, once: at its end, or else when the channel is finished. Nothing is watched or moved then. */
  readonly release: () => void;
  readonly onProblem: ReportProblem;
}

export interface OutputChannel {
  /**
   * Ends the channel, after the program has ended: brings to the log what is in the pipe, without waiting for others that
   * may hold it open, and closes the log.
   *
   * @param rest - What a log that cannot be written leaves in the pipe is `lost` with it, or `kept` for later.
   */
  finish(rest: 'lost' | 'kept'): void;
}

export function openOutputChannel(options: OutputChannelOptions): OutputChannel {
  return new PipeToLog(options);
}

class PipeToLog implements OutputChannel {
  readonly #options: OutputChannelOptions;
  readonly #route: OutputRoute;
  readonly #fd: number;
  /** False: a copy is read and written, and then the bytes leave the pipe, as where they are changed. */
  readonly #takesWhole: boolean;
  #capacity: number;
  /** Read and on their way, but still in the pipe as well. */
  #copiedBytes = 0;
  readonly #pace = new WritingPace();
  /** Set while the pipe is looked at by the clock. */
  #gathering: NodeJS.Timeout | null = null;
  /** The log takes no more for now. */
  #paused = false;
  #pipeEnded = false;
  #finished = false;
  /** Set while the log cannot be written, and bytes stay in the pipe. */
  #lookAtLog: NodeJS.Timeout | null = null;
  /** The pipe goes: what is in it has to be read now. */
  #keepsNothing = false;

  constructor(options: OutputChannelOptions) {
    prepareCopies();
    this.#options = options;
    this.#route = new OutputRoute(options);
    this.#fd = options.pipe.fd;
    this.#takesWhole = takesFastPath('splice') && !this.#route.changesBytes;
    this.#capacity = pipeCapacity(this.#fd);
    options.pipe.listen(() => this.#turn());
  }

  finish(rest: 'lost' | 'kept'): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#keepsNothing = rest === 'lost';
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    if (this.#lookAtLog !== null) clearTimeout(this.#lookAtLog);
    if (!this.#pipeEnded) {
      this.#options.pipe.leave();
      this.#dropCopied();
      this.#moveRest();
    }
    this.#route.flush();
    if (!this.#pipeEnded) this.#options.release();
    this.#options.target?.close();
  }

  #turn(): void {
    const moved = this.#moveWhatIsThere();
    if (this.#finished || this.#paused || this.#pipeEnded) return;
    if (this.#pace.isWorthGathering(moved) && this.#hasRoomToGather()) this.#gather();
    else if (this.#gathering !== null) this.#stopGathering();
  }

  /** Returns the number of bytes moved. */
  #moveWhatIsThere(): number {
    const step = Math.max(sharedBuffer.length, this.#capacity);
    let total = 0;
    while (total < turnLimitBytes) {
      const moved = this.#move(sharedBuffer, Math.min(turnLimitBytes - total, step));
      if (typeof moved !== 'number') {
        if (moved !== 'empty') this.#end(moved);
        break;
      }
      total += moved;
      if (this.#finished || this.#paused) break;
      if (moved >= this.#capacity / 2) this.#grow();
      // What comes now, or was left, is reported as soon as others have had their turn.
      if (moved < worthAnotherLookBytes) break;
    }
    return total;
  }

  /** Looks again a little later, and not with each of the many small writes until then. */
  #gather(): void {
    if (this.#gathering === null) this.#options.pipe.pause();
    this.#gathering = setTimeout(() => this.#turn(), gatherMs);
  }

  #stopGathering(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    if (!this.#paused) this.#options.pipe.resume();
  }

  #hasRoomToGather(): boolean {
    if (this.#capacity < roomToGatherBytes) this.#grow();
    return this.#capacity >= roomToGatherBytes;
  }

  /** As much as the pipe holds when the program has ended. */
  #moveRest(): void {
    const buffer = spareBuffer ?? Buffer.allocUnsafeSlow(finishStepBytes);
    spareBuffer = null;
    for (let left = finishLimitBytes; left > 0; ) {
      const moved = this.#move(buffer, Math.min(left, finishStepBytes));
      if (typeof moved === 'number') left -= moved;
      else {
        if (typeof moved === 'object') this.#report(moved);
        break;
      }
    }
    spareBuffer = buffer;
  }

  #move(buffer: Uint8Array, count: number): Moved {
    const { onMoving, onMoved } = this.#options;
    if (onMoving === undefined) return this.#moveFront(buffer, count);
    // Also when there seems to be nothing: something may come at this moment.
    onMoving();
    const moved = this.#moveFront(buffer, count);
    onMoved?.();
    return moved;
  }

  /** Moves up to `count` bytes the shortest way that there is for them now. */
  #moveFront(buffer: Uint8Array, count: number): Moved {
    if (this.#isToWaitForLog()) return this.#waitForLog();
    const fd = this.#fd;
    const { target, isLookedAt } = this.#options;
    if (!this.#takesWhole) return this.#moveCopy(buffer, count);
    const lookedAt = isLookedAt();
    if (target === null) return lookedAt ? this.#moveByReading(buffer, count) : dropBytes(fd, count);
    if (lookedAt) return this.#moveSeen(buffer, count);
    return this.#unlessTaken(target.take(fd, count), buffer, count);
  }

  /** The log takes the bytes out of the pipe, after a look at them. */
  #moveSeen(buffer: Uint8Array, count: number): Moved {
    const fd = this.#fd;
    const { target, onBytes } = this.#options;
    const copied = readFront(fd, buffer, Math.min(count, buffer.length));
    if (typeof copied !== 'number') return typeof copied === 'object' ? this.#moveByReading(buffer, count) : copied;
    const taken = target?.take(fd, copied) ?? 'refused';
    if (typeof taken === 'number') onBytes(buffer.subarray(0, taken), 'logged');
    return this.#unlessTaken(taken, buffer, count);
  }

  #unlessTaken(taken: Taken, buffer: Uint8Array, count: number): Moved {
    if (taken === 'refused') {
      // It may have been found out only now that the log cannot be written.
      return this.#isToWaitForLog() ? this.#waitForLog() : this.#moveCopy(buffer, count);
    }
    if (taken !== 'full') return taken;
    // The rest can stay in the pipe as long as the program runs. What is read of it now is lost in a kill.
    const moved = this.#moveCopy(buffer, this.#finished ? count : Math.min(count, pieceForFullLogBytes));
    this.#pause();
    return moved;
  }

  /** A copy goes to the log before the bytes leave the pipe: a kill in between may repeat them, but loses none. */
  #moveCopy(buffer: Uint8Array, count: number): Moved {
    const copied = readFront(this.#fd, buffer, Math.min(count, buffer.length, copyStepBytes));
    if (typeof copied !== 'number') return typeof copied === 'object' ? this.#moveByReading(buffer, count) : copied;
    this.#copiedBytes = copied;
    this.#receive(buffer.subarray(0, copied));
    this.#dropCopied();
    return copied;
  }

  #moveByReading(buffer: Uint8Array, count: number): Moved {
    const read = readOut(this.#fd, buffer, Math.min(count, buffer.length));
    if (typeof read === 'number') this.#receive(buffer.subarray(0, read));
    return read;
  }

  #receive(bytes: Uint8Array): void {
    if (!this.#route.receive(bytes)) this.#pause();
  }

  /**
   * Whether what is in the pipe had better stay there: its log cannot be written, nobody else wants the bytes now, and the
   * program has room for more. There they outlive the daemon.
   */
  #isToWaitForLog(): boolean {
    const { target, capture, isLookedAt } = this.#options;
    if (target === null || this.#keepsNothing || target.isWritable()) return false;
    if (capture != null || isLookedAt()) return false;
    return this.#finished || bytesWaiting(this.#fd) < this.#capacity * waitingPart;
  }

  #waitForLog(): 'empty' {
    if (!this.#finished && !this.#paused) {
      this.#rest();
      this.#lookAtLogIn(firstLookAtLogMs);
    }
    return 'empty';
  }

  #lookAtLogIn(delayMs: number): void {
    this.#lookAtLog = setTimeout(() => {
      if (this.#isToWaitForLog()) {
        this.#lookAtLogIn(Math.min(2 * delayMs, lastLookAtLogMs));
        return;
      }
      this.#lookAtLog = null;
      this.#paused = false;
      this.#options.pipe.resume();
    }, delayMs);
  }

  /** Nothing more is moved for now. */
  #rest(): void {
    this.#paused = true;
    if (this.#gathering === null) this.#options.pipe.pause();
    else this.#stopGathering();
  }

  #pause(): void {
    if (this.#finished || this.#paused) return;
    this.#rest();
    this.#options.target?.onDrain(() => {
      if (this.#finished || this.#pipeEnded) return;
      this.#paused = false;
      this.#options.pipe.resume();
    });
  }

  #dropCopied(): void {
    const count = this.#copiedBytes;
    this.#copiedBytes = 0;
    if (count > 0) dropFront(this.#fd, count);
  }

  /** Nothing more can be read. */
  #end(reason: Exclude<Moved, number>): void {
    if (this.#pipeEnded || this.#finished) return;
    this.#pipeEnded = true;
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    if (typeof reason === 'object') this.#report(reason);
    this.#options.pipe.leave();
    this.#route.flush();
    this.#options.release();
    this.#options.onEnd?.();
  }

  #report({ error }: { readonly error: string }): void {
    this.#options.onProblem(`cannot read the output of a program: ${error}`);
  }

  #grow(): void {
    if (this.#capacity >= largePipeBytes || !growPipe(this.#fd, largePipeBytes)) return;
    this.#capacity = pipeCapacity(this.#fd);
  }
}
