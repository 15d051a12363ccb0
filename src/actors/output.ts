/** The actor of one output channel: reads what the program writes into its log until the program has ended. */

import { fromCallback } from 'xstate';
import type { OutputInput } from '../../machines/process.machine.ts';
import { openOutputChannel } from '../logging/output-channel.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import { OpenOutput } from './output-source.ts';

export interface OutputDependencies {
  /** `[supervisord] strip_ansi`. */
  readonly stripAnsi: boolean;
  /** Called with every chunk; the bytes are only valid during the call. */
  readonly onBytes: (spec: ProcessSpec, channel: 'stdout' | 'stderr', bytes: Uint8Array) => void;
  readonly onProblem: (message: string) => void;
}

export const createOutput = ({ stripAnsi, onBytes, onProblem }: OutputDependencies) =>
  fromCallback<{ type: 'output.none' }, OutputInput>(({ input }) => {
    const { spec, channel, source } = input;
    if (!(source instanceof OpenOutput))
      throw new Error('an output actor was given something else than an open output');
    const reading = openOutputChannel({
      fd: source.pipe.readFd,
      target: source.log,
      stripAnsi,
      onBytes: (bytes) => onBytes(spec, channel, bytes),
      onProblem,
    });
    return () => reading.finish();
  });
