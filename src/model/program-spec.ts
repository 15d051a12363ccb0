/**
 * What configuration says, as plain readonly records. `config/load.ts` makes them; from then on nobody reads
 * configuration text. Durations are milliseconds (`…Ms`), sizes bytes (`…Bytes`).
 */

import type { LengthUnit } from './event-record.ts';
import type { ExitOn, ExitWhen } from './exit-policy.ts';
import type { Role } from './role.ts';

/** Where a value was written, for messages. `line` counts from 1; 0 means the command line or a default. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
}

export interface SignalSpec {
  /** With the SIG prefix: `SIGTERM`. */
  readonly name: string;
  readonly number: number;
}

export interface UserSpec {
  readonly name: string;
  readonly uid: number;
  /** The user's primary group. */
  readonly gid: number;
}

/** Owner of a socket file; null leaves that id unchanged. */
export interface OwnerSpec {
  readonly uid: number | null;
  readonly gid: number | null;
}

export type LogfileSpec =
  /** A generated name in childlogdir; `path` is null until the group is activated and the file created. */
  | { readonly kind: 'auto'; readonly path: string | null }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'none' };

export interface OutputSpec {
  readonly logfile: LogfileSpec;
  /** 0 = never rotate. */
  readonly maxBytes: number;
  readonly backups: number;
  /** 0 = capture mode off. */
  readonly captureMaxBytes: number;
  readonly eventsEnabled: boolean;
  readonly syslog: boolean;
}

export type Autorestart = 'always' | 'never' | 'unexpected';

export type ProgramKind = 'program' | 'fcgi-program' | 'eventlistener';

/** One process to supervise: a program section after numprocs, group membership and expansion. */
export interface ProcessSpec {
  readonly kind: ProgramKind;
  /** The section it comes from, as written: `program:web`. */
  readonly section: string;
  readonly source: SourcePosition;
  readonly programName: string;
  readonly groupName: string;
  readonly name: string;
  readonly processNumber: number;
  /** Expanded, not yet split into words: splitting errors are spawn errors. */
  readonly command: string;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: Autorestart;
  readonly startMs: number;
  readonly startRetries: number;
  readonly exitCodes: readonly number[];
  readonly stopSignal: SignalSpec;
  readonly stopWaitMs: number;
  readonly stopAsGroup: boolean;
  readonly killAsGroup: boolean;
  /** Whether what it has started ends with it. */
  readonly killTree: boolean;
  /** Which of its ends are the end of the daemon. */
  readonly exitOn: ExitOn;
  readonly user: UserSpec | null;
  readonly redirectStderr: boolean;
  readonly stdout: OutputSpec;
  readonly stderr: OutputSpec;
  /** `[supervisord] environment` overlaid by the program's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string | null;
  readonly umask: number | null;
  /** The program's own `serverurl`; null = AUTO. */
  readonly serverUrl: string | null;
  /** fcgi programs only: their standard input. */
  readonly socket?: FcgiSocketSpec;
}

export interface GroupSpec {
  /** `homogeneous`: a program that is its own group; `heterogeneous`: a `[group:x]`; the others by their section. */
  readonly kind: 'homogeneous' | 'heterogeneous' | 'eventlistener' | 'fcgi';
  readonly name: string;
  readonly priority: number;
  readonly source: SourcePosition;
  /** Sorted by (priority, name). */
  readonly processes: readonly ProcessSpec[];
  /** Event listener pools only. */
  readonly pool?: PoolSpec;
  /** fcgi groups only: the socket of all members. */
  readonly socket?: FcgiSocketSpec;
}

export interface PoolSpec {
  /** How many events wait while no listener is ready. */
  readonly bufferSize: number;
  /** Names of types, in capitals; each stands for everything below it. */
  readonly events: readonly string[];
  /** `module:attribute`, as written. */
  readonly resultHandler: string;
  /** What `len` in the header of an event counts. */
  readonly lengthUnit: LengthUnit;
}

export interface FcgiSocketSpec {
  /** Normalised: `unix:///path` or `tcp://host:port`. */
  readonly url: string;
  readonly backlog: number | null;
  readonly owner: OwnerSpec | null;
  readonly mode: number | null;
}

export interface Credentials {
  readonly username: string;
  /** Plain text, or `{SHA}` and 40 hexadecimal digits. */
  readonly password: string;
}

/** Somebody who may use every server, by name and password. */
export interface UserAccount extends Credentials {
  readonly role: Role;
}

/** Files of a server that speaks TLS, absolute. */
export interface TlsSpec {
  readonly certificate: string;
  readonly key: string;
  /** Clients must show a certificate signed by one of these; null = they need none. */
  readonly clientCa: string | null;
}

interface AnyServerSpec {
  readonly section: string;
  /** Its own name and password, good for everything; null = none. */
  readonly credentials: Credentials | null;
  /** What clients may do that give no name, where that is allowed. */
  readonly anonymousRole: Role;
}

export interface UnixServerSpec extends AnyServerSpec {
  readonly kind: 'unix';
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly owner: OwnerSpec | null;
}

export interface InetServerSpec extends AnyServerSpec {
  readonly kind: 'inet';
  /** Empty = all interfaces. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsSpec | null;
  /** Lets clients in that give no name, from wherever they come. */
  readonly allowUnauthenticated: boolean;
}

export type ServerSpec = UnixServerSpec | InetServerSpec;

export const logLevels = ['critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The `[supervisord]` section after command-line overrides. */
export interface DaemonSpec {
  /** Path of the configuration file as typed. */
  readonly configFile: string;
  /** Absolute. The exact text `syslog` means syslog only. */
  readonly logfile: string;
  readonly logfileMaxBytes: number;
  readonly logfileBackups: number;
  readonly logLevel: LogLevel;
  /** `classic` prints Supervisor's lines; `json` one JSON object a line. */
  readonly logFormat: 'classic' | 'json';
  readonly pidfile: string;
  readonly umask: number;
  readonly noDaemon: boolean;
  readonly silent: boolean;
  readonly minFds: number;
  readonly minProcs: number;
  readonly noCleanup: boolean;
  readonly childLogDir: string;
  readonly user: UserSpec | null;
  readonly directory: string | null;
  readonly stripAnsi: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly identifier: string;
  /** Absolute; null = the usual place. */
  readonly runtimeDirectory: string | null;
  /** What ends the daemon besides a request. */
  readonly exitWhen: ExitWhen;
  /** Whether orphans of programs become children of the daemon, which PID 1 has anyway. */
  readonly subreaper: boolean;
  /** How long orphans may take to stop when the daemon ends. */
  readonly orphanWaitMs: number;
  /** Most records of the trace that are kept; 0 = there is no trace. */
  readonly traceSize: number;
  /** `ws://…` of an inspector that is told everything; null = there is none. */
  readonly inspectorUrl: string | null;
}

/** A message found while reading configuration that does not make it invalid. */
export interface ConfigNotice {
  readonly level: 'critical' | 'warn' | 'info';
  readonly message: string;
}

/** Everything one configuration file (with its includes) asks for. */
export interface SupervisorSpec {
  readonly daemon: DaemonSpec;
  readonly servers: readonly ServerSpec[];
  /** Who may use the servers besides their own credentials, in file order. */
  readonly users: readonly UserAccount[];
  /** Names of `[rpcinterface:x]` sections with their factories, in file order. */
  readonly rpcInterfaces: readonly { readonly name: string; readonly factory: string }[];
  /** Sorted by (priority, name), one per name. */
  readonly groups: readonly GroupSpec[];
  readonly notices: readonly ConfigNotice[];
}

/** The `[supervisorctl]` section after command-line overrides. */
export interface ControlSpec {
  /** Path of the configuration file that was read; null when none was found. */
  readonly configFile: string | null;
  /** `http://…`, `https://…` or `unix://<absolute path>`. */
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly prompt: string;
  readonly historyFile: string | null;
  /** For `https://`: the file of the authorities to trust instead of the well-known ones. */
  readonly tlsCa: string | null;
  /** For `https://` servers that want a certificate of their clients. Only together. */
  readonly tlsCertificate: string | null;
  readonly tlsKey: string | null;
}
