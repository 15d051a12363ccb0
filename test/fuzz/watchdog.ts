/**
 * Catches what a check cannot say itself: that it never ends. A thread of its own watches whether inputs follow each
 * other, and when one does not let go, saves it and ends the process.
 */

import { Worker } from 'node:worker_threads';

export interface Watchdog {
  /** A new input is about to be checked. */
  begin(fuzzer: string, input: Uint8Array): void;
  stop(): Promise<void>;
}

const longestInput = 256 * 1024;

/** The shared memory: a counter, and the input with the name of its fuzzer as the only other texts. */
const counterAt = 0;
const lengthAt = 1;
const nameLengthAt = 2;
const headBytes = 16;
const nameBytes = 64;

const program = `
const { workerData } = require('node:worker_threads');
const { mkdirSync, writeFileSync, writeSync } = require('node:fs');
const { memory, patienceMs } = workerData;
const head = new Int32Array(memory, 0, 4);
let last = -1;
setInterval(() => {
  const now = Atomics.load(head, ${counterAt});
  if (now !== last || now === 0) { last = now; return; }
  const name = Buffer.from(memory, ${headBytes}, head[${nameLengthAt}]).toString();
  const bytes = Buffer.from(memory, ${headBytes + nameBytes}, head[${lengthAt}]);
  const folder = 'test/fuzz/corpus/' + name;
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/endless-' + now + '.bin', bytes);
  writeSync(2, name + ': an input takes for ever; it is saved in ' + folder + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, patienceMs);
`;

/** @param patienceMs - How long one input may take, on a clock. */
export function startWatchdog(patienceMs: number): Watchdog {
  const memory = new SharedArrayBuffer(headBytes + nameBytes + longestInput);
  const head = new Int32Array(memory, 0, 4);
  const worker = new Worker(program, { eval: true, workerData: { memory, patienceMs } });
  worker.unref();
  return {
    begin: (fuzzer, input) => {
      const name = Buffer.from(fuzzer);
      new Uint8Array(memory, headBytes, nameBytes).set(name);
      new Uint8Array(memory, headBytes + nameBytes).set(input.subarray(0, longestInput));
      head[lengthAt] = Math.min(input.length, longestInput);
      head[nameLengthAt] = name.length;
      Atomics.add(head, counterAt, 1);
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}
