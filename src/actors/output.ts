/** The actor of one output channel: reads what the program writes into its log until the program has ended. */

import { fromCallback } from 'xstate';
import type { OutputInput } from '../../machines/process.machine.ts';
import { type OutputFate, openOutputChannel } from '../logging/output-channel.ts';
import { SyslogLines } from '../logging/syslog-lines.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Syslog } from '../os/syslog.ts';
import { type EventSystem, isProtocolChannel, type WritingChannel } from './event-system.ts';
import { OpenOutput } from './output-source.ts';

export interface OutputDependencies {
  /** `[supervisord] strip_ansi`. */
  readonly stripAnsi: boolean;
  /** Whether `onBytes` has to be called now. */
  readonly isLookedAt: (from: WritingChannel) => boolean;
  /** Called with every chunk; the bytes are only valid during the call. */
  readonly onBytes: (from: WritingChannel, bytes: Uint8Array, fate: OutputFate) => void;
  readonly events: Pick<EventSystem, 'captured'>;
  /** Called before what a listener says is taken out of its pipe, and when it is understood. */
  readonly hearing: (spec: ProcessSpec) => void;
  readonly heard: (spec: ProcessSpec) => void;
  readonly syslog: Pick<Syslog, 'send'>;
  readonly onProblem: (message: string) => void;
}

export const createOutput = (deps: OutputDependencies) =>
  fromCallback<{ type: 'output.none' }, OutputInput>(({ input }) => {
    const { stripAnsi, isLookedAt, onBytes, events, syslog, onProblem } = deps;
    const { spec, channel, source, pid } = input;
    const from: WritingChannel = { spec, channel, pid };
    if (!(source instanceof OpenOutput))
      throw new Error('an output actor was given something else than an open output');
    const lines =
      spec[channel].syslog && !isProtocolChannel(from) ? new SyslogLines(spec.name, (line) => syslog.send(line)) : null;
    const reading = openOutputChannel({
      pipe: source.pipe,
      release: source.release,
      target: source.log,
      stripAnsi,
      capture: captures(from)
        ? { maxBytes: spec[channel].captureMaxBytes, onCapture: (bytes) => events.captured(from, bytes) }
        : null,
      isLookedAt: () => lines !== null || isLookedAt(from),
      onBytes: (bytes, fate) => {
        if (fate !== 'captured') lines?.push(bytes);
        onBytes(from, bytes, fate);
      },
      onProblem,
      ...(isProtocolChannel(from) && { onMoving: () => deps.hearing(spec), onMoved: () => deps.heard(spec) }),
    });
    return () => {
      reading.finish(source.lasts ? 'kept' : 'lost');
      lines?.end();
    };
  });

const captures = (from: WritingChannel): boolean =>
  from.spec[from.channel].captureMaxBytes > 0 && !isProtocolChannel(from);
