/**
 * A process record as JSON, so that a journal can be read by people, too; and back, believing nothing. Programs are
 * adopted across versions: a field that is added later must have a meaning where it is missing, or the format's version
 * must change.
 */

import type { ExitStatus } from '../model/exit-status.ts';
import { type ResumableState, resumableStates } from '../model/listener-protocol.ts';
import type { ProcessRecord, StopSettings } from '../model/process-record.ts';
import { type ProcessState, processStates } from '../model/process-state.ts';
import { asCount, asFlag, asInstant, asObject, asText, parseObject } from './parse.ts';

/**
 * Key by key, so that nothing gets into the file by accident and equal records make equal texts. A program that starts has
 * it made three times: what never changes is made once, and a number needs nobody to look at what it is.
 */
export function processRecordText(record: ProcessRecord): string {
  const { group, name, state, pid, startTicks, startedAt, stoppedAt, failures, lastExit, spawnError } = record;
  // Most programs are no listeners and have no mark, and records were without them once.
  const listener = record.listener === null ? '' : `"listener":${JSON.stringify(record.listener)},`;
  const treeMark = record.treeMark === null ? '' : `"treeMark":${JSON.stringify(record.treeMark)},`;
  return (
    `{"group":${JSON.stringify(group)},"name":${JSON.stringify(name)},"state":"${state}","pid":${pid},` +
    `"startTicks":${startTicks},"startedAt":${startedAt},"stoppedAt":${stoppedAt},"failures":${failures},` +
    `"lastExit":${lastExit === null ? 'null' : JSON.stringify(lastExit)},"spawnError":${JSON.stringify(spawnError)},` +
    `"restartDeclined":${record.restartDeclined},${listener}${treeMark}${constantText(record)}}`
  );
}

interface Constants extends Pick<ProcessRecord, 'autoLogs' | 'fingerprint'> {
  readonly text: string;
}

/** By the settings for stopping, an object that a process has for itself. */
const constantTexts = new WeakMap<StopSettings, Constants>();

function constantText({ autoLogs, fingerprint, stop }: ProcessRecord): string {
  const known = constantTexts.get(stop);
  if (known !== undefined && known.autoLogs === autoLogs && known.fingerprint === fingerprint) return known.text;
  const { signal, waitMs, asGroup, killAsGroup } = stop;
  const text = JSON.stringify({
    autoLogs: { stdout: autoLogs.stdout, stderr: autoLogs.stderr },
    fingerprint,
    stop: { signal: { name: signal.name, number: signal.number }, waitMs, asGroup, killAsGroup },
  }).slice(1, -1);
  constantTexts.set(stop, { autoLogs, fingerprint, text });
  return text;
}

/** null when the bytes are no such record. */
export function parseProcessRecord(bytes: Uint8Array): ProcessRecord | null {
  const fields = parseObject(bytes);
  if (fields === null) return null;
  const group = asText(fields.group);
  const name = asText(fields.name);
  const state = parseState(fields.state);
  const pid = asCount(fields.pid);
  const startTicks = asCount(fields.startTicks);
  const startedAt = asInstant(fields.startedAt);
  const stoppedAt = asInstant(fields.stoppedAt);
  const failures = asCount(fields.failures);
  const lastExit = fields.lastExit === null ? null : (parseExit(fields.lastExit) ?? undefined);
  const spawnError = asText(fields.spawnError);
  const restartDeclined = asFlag(fields.restartDeclined);
  const autoLogs = parseAutoLogs(fields.autoLogs);
  const fingerprint = asText(fields.fingerprint);
  const stop = parseStop(fields.stop);
  if (group === null || name === null || state === null || pid === null || startTicks === null) return null;
  if (startedAt === null || stoppedAt === null || failures === null || lastExit === undefined) return null;
  if (spawnError === null || restartDeclined === null || fingerprint === null || stop === null) return null;
  if (autoLogs === null) return null;
  const times = { startTicks, startedAt, stoppedAt };
  const listener = parseListener(fields.listener);
  const treeMark = parseTreeMark(fields.treeMark);
  const past = { failures, lastExit, spawnError, restartDeclined, listener, treeMark, autoLogs };
  return { group, name, state, pid, ...times, ...past, fingerprint, stop };
}

function parseAutoLogs(value: unknown): ProcessRecord['autoLogs'] | null {
  const fields = asObject(value);
  const stdout = asText(fields?.stdout);
  const stderr = asText(fields?.stderr);
  return stdout === null || stderr === null ? null : { stdout, stderr };
}

const parseState = (value: unknown): ProcessState | null => processStates.find((state) => state === value) ?? null;

/** What is missing or not understood is not known; such a listener is started anew. */
const parseListener = (value: unknown): ResumableState | null =>
  resumableStates.find((state) => state === value) ?? null;

/** Whoever carries it may be killed: what does not look like one is none. */
const parseTreeMark = (value: unknown): string | null =>
  typeof value === 'string' && /^[0-9a-f]{16}$/.test(value) ? value : null;

function parseExit(value: unknown): ExitStatus | null {
  const fields = asObject(value);
  if (fields?.kind === 'unseen') return { kind: 'unseen' };
  if (fields?.kind === 'exited') {
    const code = asCount(fields.code);
    return code === null ? null : { kind: 'exited', code };
  }
  if (fields?.kind !== 'signalled') return null;
  const signal = asText(fields.signal);
  const coreDumped = asFlag(fields.coreDumped);
  return signal === null || coreDumped === null ? null : { kind: 'signalled', signal, coreDumped };
}

function parseStop(value: unknown): StopSettings | null {
  const fields = asObject(value);
  const signal = asObject(fields?.signal);
  const name = asText(signal?.name);
  const number = asCount(signal?.number);
  const waitMs = asInstant(fields?.waitMs);
  const asGroup = asFlag(fields?.asGroup);
  const killAsGroup = asFlag(fields?.killAsGroup);
  if (name === null || number === null || waitMs === null || asGroup === null || killAsGroup === null) return null;
  return { signal: { name, number }, waitMs, asGroup, killAsGroup };
}
