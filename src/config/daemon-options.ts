/** The keys of the daemon itself, of its control servers and of the control client. */

import { type Flag, option, optional, required } from './option.ts';
import {
  boolean,
  byteSize,
  count,
  environment,
  existingDirectory,
  existingFile,
  exitWhen,
  filePath,
  inetAddress,
  integer,
  logFormat,
  logLevel,
  objectReference,
  octal,
  owner,
  privateDirectory,
  role,
  seconds,
  text,
  webSocketUrl,
} from './values.ts';

const flag = (short: string | null, argument: string | null, ...help: string[]): Flag => ({ short, argument, help });

/** Keys of `[supervisord]`, in the order in which they are read. */
export const daemonOptions = {
  minfds: option('minfds', integer, '1024', {
    scope: 'here',
    doc: 'The daemon refuses to start with fewer file descriptors than this.',
    flag: flag('a', 'NUM', 'the minimum number of file descriptors for start success'),
  }),
  minprocs: option('minprocs', integer, '200', {
    scope: 'here',
    doc: 'The daemon refuses to start when it may have fewer processes than this.',
    flag: flag(null, 'NUM', 'the minimum number of processes available for start success'),
  }),
  directory: optional('directory', existingDirectory, {
    scope: 'here',
    doc: 'Where the daemon changes to when it goes to the background.',
    flag: flag('d', 'DIRECTORY', 'directory to chdir to when daemonized'),
  }),
  user: optional('user', text, {
    scope: 'here',
    doc: 'A root daemon becomes this user, given by name or numeric id, before it starts anything.',
    flag: flag('u', 'USER', 'run supervisord as this user (or numeric uid)'),
  }),
  umask: option('umask', octal, '022', {
    scope: 'here',
    doc: 'The umask of the daemon in the background.',
    flag: flag('m', 'UMASK', 'use this umask for daemon subprocess (default is 022)'),
  }),
  logfile: option('logfile', filePath, 'supervisord.log', {
    scope: 'here',
    doc: "The daemon's own log; syslog = the system log only.",
    flag: flag('l', 'FILENAME', 'use FILENAME as logfile path'),
  }),
  logfile_maxbytes: option('logfile_maxbytes', byteSize, '50MB', {
    scope: 'here',
    doc: 'The log is rotated when it has reached this size; 0 never rotates.',
    flag: flag('y', 'BYTES', 'use BYTES to limit the max size of logfile'),
  }),
  logfile_backups: option('logfile_backups', integer, '10', {
    scope: 'here',
    doc: 'How many rotated logs are kept.',
    flag: flag('z', 'NUM', 'number of backups to keep when max bytes reached'),
  }),
  loglevel: option('loglevel', logLevel, 'info', {
    scope: 'here',
    doc: 'The least important messages that are logged.',
    flag: flag('e', 'LEVEL', 'use LEVEL as log level (debug,info,warn,error,critical)'),
  }),
  pidfile: option('pidfile', filePath, 'supervisord.pid', {
    scope: 'here',
    doc: 'Where the daemon writes its pid.',
    flag: flag('j', 'FILENAME', 'write a pid file for the daemon process to FILENAME'),
  }),
  identifier: option('identifier', text, 'supervisor', {
    scope: 'here',
    doc: 'What the daemon calls itself to clients and in the names of generated logs.',
    flag: flag('i', 'STR', 'identifier used for this instance of supervisord'),
  }),
  nodaemon: option('nodaemon', boolean, 'false', {
    scope: 'here',
    doc: 'Stays in the foreground.',
    flag: flag('n', null, "run in the foreground (same as 'nodaemon=true' in config file)"),
  }),
  silent: option('silent', boolean, 'false', {
    scope: 'here',
    doc: 'In the foreground, does not print the log.',
    flag: flag('s', null, "no logs to stdout (maps to 'silent=true' in config file)"),
  }),
  childlogdir: optional('childlogdir', existingDirectory, {
    scope: 'here',
    defaultDoc: "the system's directory for temporary files",
    doc: 'Where generated logs of programs go.',
    flag: flag('q', 'DIRECTORY', 'the log directory for child process logs'),
  }),
  nocleanup: option('nocleanup', boolean, 'false', {
    scope: 'here',
    doc: 'Keeps generated logs of earlier runs.',
    flag: flag(
      'k',
      null,
      ' prevent the process from performing cleanup (removal of',
      'old automatic child log files) at startup.',
    ),
  }),
  strip_ansi: option('strip_ansi', boolean, 'false', {
    scope: 'here',
    doc: 'Removes ANSI escape sequences from the logs of programs.',
    flag: flag(
      't',
      null,
      'strip ansi escape codes from process output',
      '(-t with no other flag than -c: the same as --test)',
    ),
  }),
  environment: option('environment', environment, '', {
    scope: 'host',
    secret: true,
    defaultDoc: 'empty',
    doc: 'Variables for all programs: KEY="value",KEY2="value2". The sections read after it know them as ENV_KEY.',
  }),
  logformat: option('logformat', logFormat, 'classic', {
    scope: 'here',
    doc: "How the daemon's log is written: classic lines or one JSON object a line. Not known to Supervisor.",
  }),
  runtime_dir: optional('runtime_dir', privateDirectory, {
    scope: 'here',
    defaultDoc: 'below /run/statevisor, or the like for users',
    doc: 'Where the daemon keeps what its successor must know to go on with running programs. Not known to Supervisor.',
  }),
  subreaper: option('subreaper', boolean, 'false', {
    scope: 'here',
    doc: 'Adopts and reaps orphans of programs, and ends them when it ends; as PID 1 it always does. Not known to Supervisor.',
  }),
  orphanwaitsecs: option('orphanwaitsecs', seconds, '3', {
    scope: 'here',
    doc: 'How long orphans may take to stop when the daemon ends, before they are killed with SIGKILL. Not known to Supervisor.',
  }),
  exit_when: option('exit_when', exitWhen, 'never', {
    scope: 'here',
    doc: 'What ends the daemon without being asked: all programs have ended and none will be started again, or any is FATAL. Not known to Supervisor.',
  }),
  trace_size: option('trace_size', count, '10000', {
    scope: 'here',
    doc: 'How many records of what happened the daemon remembers for those who look into it; 0 remembers nothing. Not known to Supervisor.',
  }),
  inspector_url: optional('inspector_url', webSocketUrl, {
    scope: 'here',
    doc: 'Where a Stately inspector listens, to which every state and event is told as it happens. Not known to Supervisor.',
  }),
};

const credentialOptions = {
  username: optional('username', text, {
    scope: 'environment',
    doc: 'Clients must give this name; only together with password.',
  }),
  password: optional('password', text, {
    scope: 'environment',
    secret: true,
    doc: 'In plain text, or {SHA} and the SHA-1 in hexadecimal digits.',
  }),
};

const anonymousOptions = {
  anonymous_role: option('anonymous_role', role, 'admin', {
    scope: 'environment',
    doc: 'What clients may do that give no name, where none is needed: view, operate or admin. Not known to Supervisor.',
  }),
};

export const unixServerOptions = {
  file: required('file', text, { scope: 'here', doc: 'Path of the control socket.' }),
  ...credentialOptions,
  chown: optional('chown', owner, {
    scope: 'environment',
    doc: 'Owner of the socket; unchanged when not set.',
    refusal: (value) => `Invalid sockchown value ${value}`,
  }),
  chmod: option('chmod', octal, '0700', {
    scope: 'environment',
    doc: 'Permissions of the socket.',
    refusal: (value) => `Invalid chmod value ${value}`,
  }),
  ...anonymousOptions,
};

export const inetServerOptions = {
  ...credentialOptions,
  port: required('port', inetAddress, {
    scope: 'environment',
    doc: 'Where to listen: a port, host:port, or *:port.',
  }),
  allow_unauthenticated: option('allow_unauthenticated', boolean, 'false', {
    scope: 'environment',
    doc:
      'Lets clients in that give no name. Needed where other machines can reach the port and nothing is asked of them. ' +
      'Not known to Supervisor.',
  }),
  ...anonymousOptions,
  tls_certificate: optional('tls_certificate', existingFile, {
    scope: 'here',
    doc: 'Makes the server speak TLS: its certificate, and those that lead to its authority, in PEM. Not known to Supervisor.',
  }),
  tls_key: optional('tls_key', existingFile, {
    scope: 'here',
    doc: 'The private key of tls_certificate, in PEM, without a passphrase. Not known to Supervisor.',
  }),
  tls_client_ca: optional('tls_client_ca', existingFile, {
    scope: 'here',
    doc: 'Lets in only clients with a certificate of one of these authorities, in PEM. Not known to Supervisor.',
  }),
};

/** Keys of `[user:x]`. */
export const userOptions = {
  password: required('password', text, {
    scope: 'environment',
    secret: true,
    doc: 'In plain text, or {SHA} and the SHA-1 in hexadecimal digits.',
  }),
  role: option('role', role, 'view', {
    scope: 'environment',
    doc: 'What the user may do: view reads, operate also controls processes, admin also changes the daemon.',
  }),
};

/** Keys of `[supervisorctl]`, in the order in which they are read. */
export const controlOptions = {
  serverurl: option('serverurl', text, 'http://localhost:9001', {
    scope: 'here',
    doc: 'Where the daemon listens: http://host:port, https://host:port or unix:///path.',
  }),
  prompt: option('prompt', text, 'supervisor', { scope: 'environment', doc: 'The prompt of the interactive shell.' }),
  username: optional('username', text, { scope: 'environment', doc: 'Sent to a daemon that asks for one.' }),
  password: optional('password', text, { scope: 'environment', secret: true, doc: 'In plain text.' }),
  history_file: optional('history_file', text, {
    scope: 'here',
    doc: 'Where the interactive shell keeps its history.',
  }),
  tls_ca: optional('tls_ca', existingFile, {
    scope: 'here',
    doc: 'For https: the authorities to trust instead of the well-known ones, in PEM. Not known to Supervisor.',
  }),
  tls_certificate: optional('tls_certificate', existingFile, {
    scope: 'here',
    doc: 'For a server with tls_client_ca: the certificate to show it, in PEM. Not known to Supervisor.',
  }),
  tls_key: optional('tls_key', existingFile, {
    scope: 'here',
    doc: 'The private key of tls_certificate, in PEM, without a passphrase. Not known to Supervisor.',
  }),
};

export const includeOptions = {
  files: required('files', text, {
    scope: 'host',
    doc: "Patterns of files to read as well, separated by blanks, relative to this file's directory.",
  }),
};

export const rpcInterfaceOptions = {
  factory: required('supervisor.rpcinterface_factory', objectReference, {
    scope: 'environment',
    doc: 'What answers the namespace, as module:callable. All other keys are passed to it.',
    refusal: (value, section) => `${value} cannot be resolved within [${section}]`,
  }),
};

export const controlPluginOptions = {
  factory: required('supervisor.ctl_factory', objectReference, {
    scope: 'environment',
    doc: 'What adds commands to the shell, as module:callable. All other keys are passed to it.',
    refusal: (value, section) => `${value} cannot be resolved within [${section}]`,
  }),
};
