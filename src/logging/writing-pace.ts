/**
 * Tells a program that writes much in small pieces and without pause from one whose lines should be in the log at once.
 * The first costs less when its writes are gathered for a moment.
 */

/** Bytes of a turn from which on gathering gains nothing. */
const largeTurnBytes = 256 * 1024;

/** Bytes a millisecond that make it much: some ten thousand lines a second would not be. */
const muchBytesPerMs = 8 * 1024;

/** Turns in a row before the pace is believed. */
const provenTurns = 20;

export class WritingPace {
  #lastTurnAt = 0;
  #quickTurns = 0;

  /** To be asked at the end of each turn with what it has moved. */
  isWorthGathering(movedBytes: number): boolean {
    const now = performance.now();
    const isQuick = movedBytes < largeTurnBytes && movedBytes > (now - this.#lastTurnAt) * muchBytesPerMs;
    this.#lastTurnAt = now;
    this.#quickTurns = isQuick ? this.#quickTurns + 1 : 0;
    return this.#quickTurns > provenTurns;
  }
}
