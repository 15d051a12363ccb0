/** Programs and groups for tests: every value is Supervisor's default unless the test says otherwise. */

import type { ExitStatus } from '../../src/model/exit-status.ts';
import type { GroupSpec, OutputSpec, ProcessSpec } from '../../src/model/program-spec.ts';

const noOutput: OutputSpec = {
  logfile: { kind: 'none' },
  maxBytes: 52_428_800,
  backups: 10,
  captureMaxBytes: 0,
  eventsEnabled: false,
  syslog: false,
};

/** A program `name` that is alone in the group of the same name. */
export const sampleProcess = (values: Partial<ProcessSpec> = {}): ProcessSpec => ({
  kind: 'program',
  section: 'program:web',
  source: { file: 'supervisord.conf', line: 1 },
  programName: 'web',
  groupName: values.name ?? 'web',
  name: 'web',
  processNumber: 0,
  command: '/bin/web',
  priority: 999,
  autostart: true,
  autorestart: 'unexpected',
  startMs: 1000,
  startRetries: 3,
  exitCodes: [0],
  exitOn: 'never',
  stopSignal: { name: 'SIGTERM', number: 15 },
  stopWaitMs: 10_000,
  stopAsGroup: false,
  killAsGroup: false,
  killTree: false,
  user: null,
  redirectStderr: false,
  stdout: noOutput,
  stderr: noOutput,
  environment: {},
  directory: null,
  umask: null,
  serverUrl: null,
  ...values,
});

/** A group of the given members; names of members are enough where nothing else matters. */
export const sampleGroup = (
  name: string,
  members: readonly (string | Partial<ProcessSpec>)[],
  values: Partial<GroupSpec> = {},
): GroupSpec => ({
  kind: 'heterogeneous',
  name,
  priority: 999,
  source: { file: 'supervisord.conf', line: 1 },
  processes: members.map((member) =>
    sampleProcess({ ...(typeof member === 'string' ? { name: member } : member), groupName: name }),
  ),
  ...values,
});

export const exited = (code: number): ExitStatus => ({ kind: 'exited', code });

export const signalled = (signal: string): ExitStatus => ({ kind: 'signalled', signal, coreDumped: false });
