/**
 * A supervisor without processes for the tests of the control methods: its processes change state when the test says
 * so, or as their scripts for start and stop say. Nothing here waits or touches the system.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ActiveGroup,
  ActiveProcess,
  CommandProblem,
  ConfigChanges,
  LogAccess,
  PastOutput,
  ProcessChange,
  SignalOutcome,
  SupervisorControl,
  UpgradeOutcome,
  UsageMeter,
} from '../../src/commands/control.ts';
import { createDispatch, createMethods } from '../../src/commands/index.ts';
import type { Session } from '../../src/commands/method.ts';
import type { NotedRequest, RequestToNote, TraceControl } from '../../src/commands/trace-control.ts';
import { Fault } from '../../src/model/errors.ts';
import type { PoolStatus } from '../../src/model/listener-protocol.ts';
import type { ProcessInfo } from '../../src/model/process-info.ts';
import { type ProcessState, processStateCodes, type SupervisorState } from '../../src/model/process-state.ts';
import type { GroupSpec, OutputSpec, ProcessSpec, SignalSpec } from '../../src/model/program-spec.ts';
import type { Role } from '../../src/model/role.ts';
import type { Explanation, ProcessOverview, ProcessUsage, TraceRecord } from '../../src/model/trace.ts';

const noOutput: OutputSpec = {
  logfile: { kind: 'none' },
  maxBytes: 52_428_800,
  backups: 10,
  captureMaxBytes: 0,
  eventsEnabled: false,
  syslog: false,
};

export const processSpec = (group: string, name: string, values: Partial<ProcessSpec> = {}): ProcessSpec => ({
  kind: 'program',
  section: `program:${name}`,
  source: { file: 'supervisord.conf', line: 1 },
  programName: name,
  groupName: group,
  name,
  processNumber: 0,
  command: `/bin/${name}`,
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

export const groupSpec = (name: string, processes: readonly ProcessSpec[], priority = 999): GroupSpec => ({
  kind: 'heterogeneous',
  name,
  priority,
  source: { file: 'supervisord.conf', line: 1 },
  processes,
});

export class FakeLog implements LogAccess {
  path: string | null = null;
  clearings = 0;
  clearError: Error | null = null;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();

  get listenerCount(): number {
    return this.#listeners.size;
  }

  clear(): void {
    this.clearings += 1;
    if (this.clearError) throw this.clearError;
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(text: string): void {
    for (const listener of this.#listeners) listener(Buffer.from(text));
  }
}

export class FakeProcess implements ActiveProcess {
  readonly spec: ProcessSpec;
  readonly stdout = new FakeLog();
  readonly stderr = new FakeLog();
  readonly signals: SignalSpec[] = [];
  readonly written: string[] = [];
  starts = 0;
  stops = 0;
  problem: CommandProblem | null = null;
  signalOutcome: SignalOutcome = { kind: 'sent' };
  writeOutcome: 'written' | 'closed' | 'not-running' = 'written';
  /** States entered at once by a start, and by a stop. */
  startScript: readonly ProcessState[] = ['STARTING'];
  stopScript: readonly ProcessState[] = ['STOPPING'];
  infoValues: Partial<ProcessInfo> = {};
  overviewValues: Partial<ProcessOverview> = {};
  #state: ProcessState;
  readonly #listeners = new Set<(change: ProcessChange) => void>();

  constructor(spec: ProcessSpec, state: ProcessState = 'STOPPED') {
    this.spec = spec;
    this.#state = state;
  }

  get name(): string {
    return this.spec.name;
  }

  get group(): string {
    return this.spec.groupName;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  state(): ProcessState {
    return this.#state;
  }

  info(): ProcessInfo {
    const pid = ['STARTING', 'RUNNING', 'STOPPING'].includes(this.#state) ? 4711 : 0;
    return {
      name: this.name,
      group: this.group,
      start: 0,
      stop: 0,
      now: 1_700_000_000,
      state: processStateCodes[this.#state],
      statename: this.#state,
      spawnerr: '',
      exitstatus: 0,
      logfile: this.stdout.path ?? '',
      stdout_logfile: this.stdout.path ?? '',
      stderr_logfile: this.stderr.path ?? '',
      pid,
      description: '',
      ...this.infoValues,
    };
  }

  overview(): ProcessOverview {
    const { pid } = this.info();
    return {
      group: this.group,
      name: this.name,
      statename: this.#state,
      state: this.#state,
      since: 0,
      pid,
      startedAt: 0,
      restarts: 0,
      lastExit: '',
      usage: null,
      timer: null,
      why: '',
      description: '',
      ...this.overviewValues,
    };
  }

  explain(): Explanation {
    return { ...this.explainBriefly(), evidence: ['so the test says'] };
  }

  explainBriefly(): Explanation {
    const { group, name } = this;
    const sentence = `${this.#state}: as the test says`;
    return { group, name, statename: this.#state, sentence, evidence: [], records: [], fine: this.isFine() };
  }

  isFine(): boolean {
    return this.#state !== 'FATAL';
  }

  spawnError(): string {
    return '';
  }

  checkCommand(): CommandProblem | null {
    return this.problem;
  }

  start(): void {
    this.starts += 1;
    for (const state of this.startScript) this.enter(state);
  }

  stop(): void {
    this.stops += 1;
    for (const state of this.stopScript) this.enter(state);
  }

  signal(signal: SignalSpec): SignalOutcome {
    this.signals.push(signal);
    return this.signalOutcome;
  }

  writeStdin(bytes: Uint8Array): 'written' | 'closed' | 'not-running' {
    this.written.push(Buffer.from(bytes).toString());
    return this.writeOutcome;
  }

  pastOutput(channel: 'stdout' | 'stderr', from: number, to: number): PastOutput {
    return { available: true, from, to, bytes: Buffer.from(`${channel} ${from} ${to}`) };
  }

  onChange(listener: (change: ProcessChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listeners hear of a change while `state()` still tells the old state, as under a machine in transition. */
  enter(to: ProcessState): void {
    const change = { group: this.group, process: this.name, from: this.#state, to, pid: this.info().pid, at: 1000 };
    for (const listener of [...this.#listeners]) listener(change);
    this.#state = to;
  }
}

export class FakeGroup implements ActiveGroup {
  readonly spec: GroupSpec;
  readonly members: readonly FakeProcess[];

  constructor(spec: GroupSpec, members: readonly FakeProcess[]) {
    this.spec = spec;
    this.members = members;
  }

  get name(): string {
    return this.spec.name;
  }

  processes(): readonly FakeProcess[] {
    return this.members;
  }

  process(name: string): FakeProcess | undefined {
    return this.members.find((member) => member.name === name);
  }
}

export class FakeControl implements SupervisorControl {
  readonly identifier = 'supervisor';
  readonly pid = 4242;
  readonly productVersion = '1.2.3';
  readonly instance = 'first';
  upgradeOutcome: UpgradeOutcome = { kind: 'accepted', from: '1.2.3', to: '1.3.0' };
  readonly mainLog = new FakeLog();
  /** `level message` of every line methods have logged, but for those about control actions. */
  readonly lines: string[] = [];
  /** The lines about control actions, without their level, which is info. */
  readonly actions: string[] = [];
  readonly log = {
    info: (message: string) =>
      void (message.startsWith('control: ') ? this.actions.push(message) : this.lines.push(`info ${message}`)),
    warn: (message: string) => void this.lines.push(`warn ${message}`),
    error: (message: string) => void this.lines.push(`error ${message}`),
  };
  active: FakeGroup[];
  configured: readonly GroupSpec[];
  mood: SupervisorState = 'RUNNING';
  pools: readonly PoolStatus[] = [];
  rereadResult: () => ConfigChanges = () => ({ added: [], changed: [], removed: [] });
  /** Names of what was asked of the daemon: `shutdown`, `activate web`. */
  readonly asked: string[] = [];
  /** What the processes of these pids use. */
  usage: ReadonlyMap<number, ProcessUsage> = new Map();
  readonly #groupListeners = new Set<() => void>();

  constructor(groups: readonly FakeGroup[]) {
    this.active = [...groups];
    this.configured = groups.map((group) => group.spec);
  }

  /** What is remembered. */
  traced: readonly TraceRecord[] = [];
  readonly trace: TraceControl = {
    read: ({ of, since, limit }) => ({
      version: 1,
      first: this.traced[0]?.serial ?? 0,
      last: this.traced.at(-1)?.serial ?? 0,
      records: this.traced.filter((record) => record.serial > since && (of === '' || record.of === of)).slice(-limit),
    }),
    tree: () => ({ actor: 'supervisor', of: '', state: 'running', since: 0, waitsFor: '', timers: [], children: [] }),
    withCauses: (records) => records,
    onRecord: (of, tell) => {
      const listener = (record: TraceRecord) => {
        if (of === '' || record.of === of) tell(record);
      };
      this.recordListeners.add(listener);
      return () => this.recordListeners.delete(listener);
    },
    noteRequest: (request) => this.noteRequest(request),
  };
  readonly recordListeners = new Set<(record: TraceRecord) => void>();
  noteRequest: (request: RequestToNote) => NotedRequest | null = () => null;

  async upgrade(): Promise<UpgradeOutcome> {
    this.asked.push('upgrade');
    return this.upgradeOutcome;
  }

  now(): number {
    return 1_700_000_000_000;
  }

  state(): SupervisorState {
    return this.mood;
  }

  groups(): readonly FakeGroup[] {
    return this.active;
  }

  group(name: string): FakeGroup | undefined {
    return this.active.find((group) => group.name === name);
  }

  configuredGroups(): readonly GroupSpec[] {
    return this.configured;
  }

  reread(): ConfigChanges {
    return this.rereadResult();
  }

  activate(spec: GroupSpec): void {
    this.asked.push(`activate ${spec.name}`);
  }

  deactivate(name: string): void {
    this.asked.push(`deactivate ${name}`);
  }

  shutdown(): void {
    this.asked.push('shutdown');
  }

  restart(): void {
    this.asked.push('restart');
  }

  raiseRemoteEvent(type: string, data: string): void {
    this.asked.push(`remote ${type} ${data}`);
  }

  eventPools(): readonly PoolStatus[] {
    return this.pools;
  }

  openUsageMeter(): UsageMeter {
    return { read: (pids) => new Map([...this.usage].filter(([pid]) => pids.includes(pid))) };
  }

  onGroupsChange(listener: () => void): () => void {
    this.#groupListeners.add(listener);
    return () => this.#groupListeners.delete(listener);
  }

  /** Other groups are active from now on. */
  changeGroups(groups: readonly FakeGroup[]): void {
    this.active = [...groups];
    for (const listener of this.#groupListeners) listener();
  }

  get groupListenerCount(): number {
    return this.#groupListeners.size;
  }

  onProcessChange(listener: (change: ProcessChange) => void): () => void {
    const ends = this.active.flatMap((group) => group.members.map((member) => member.onChange(listener)));
    return () => {
      for (const end of ends) end();
    };
  }
}

/** One process that is its own group. */
export const lone = (name: string, state: ProcessState = 'STOPPED', priority = 999): FakeGroup => {
  const spec = processSpec(name, name, { priority });
  return new FakeGroup(groupSpec(name, [spec], priority), [new FakeProcess(spec, state)]);
};

/** A group of processes in the given states, in that order. */
export const groupOf = (name: string, states: Readonly<Record<string, ProcessState>>): FakeGroup => {
  const members = Object.entries(states).map(([member, state]) => new FakeProcess(processSpec(name, member), state));
  return new FakeGroup(
    groupSpec(
      name,
      members.map((member) => member.spec),
    ),
    members,
  );
};

export type Notification = readonly [method: string, params: readonly unknown[]];

export class FakeSession implements Session {
  readonly id = 1;
  readonly peer = 'test';
  readonly actor = 'test over unix';
  role: Role = 'admin';
  readonly notifications: Notification[] = [];
  readonly #releases: (() => void)[] = [];
  readonly notify = (method: string, params: readonly unknown[]) => {
    this.notifications.push([method, structuredClone(params)]);
  };
  readonly onClose = (release: () => void) => {
    if (this.#closed) release();
    else this.#releases.push(release);
  };
  readonly #farewells = new Set<() => void>();
  readonly onHandover = (tell: () => void) => {
    this.#farewells.add(tell);
    return () => this.#farewells.delete(tell);
  };
  #closed = false;

  /** As before another version takes over. */
  handOver(): void {
    for (const tell of this.#farewells) tell();
  }

  get releaseCount(): number {
    return this.#releases.length;
  }

  close(): void {
    this.#closed = true;
    for (const release of this.#releases.splice(0)) release();
  }
}

/** A transport that cannot notify, as XML-RPC. */
export const plainSession = (role: Role = 'admin'): Session => ({
  id: 2,
  peer: 'plain',
  actor: 'plain from 10.0.0.7:50123',
  role,
  onClose: () => {},
});

export interface Bench {
  readonly control: FakeControl;
  readonly session: FakeSession;
  /** Calls a method on the session. */
  readonly call: (method: string, ...params: readonly unknown[]) => Promise<unknown>;
  readonly process: (name: string) => FakeProcess;
}

export function createBench(...groups: readonly FakeGroup[]): Bench {
  const control = new FakeControl(groups);
  const session = new FakeSession();
  const dispatch = createDispatch(createMethods(), control);
  return {
    control,
    session,
    call: (method, ...params) => dispatch(method, params, session),
    process: (name) => {
      const found = control.active.flatMap((group) => group.members).find((member) => member.name === name);
      if (found === undefined) throw new Error(`no fake process ${name}`);
      return found;
    },
  };
}

/** The outcome of a call as text: `NAME: extra` of a fault, else the result as JSON. Other errors are defects. */
export const outcomeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    return JSON.stringify(await promise);
  } catch (error) {
    if (error instanceof Fault) return error.text;
    throw error;
  }
};

/** A temporary folder that is removed at the end of the block. */
export const temporaryFolder = (): { readonly file: (name: string) => string } & Disposable => {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-commands-'));
  return { file: (name) => join(folder, name), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
};
