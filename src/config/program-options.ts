/** The keys of everything that runs processes: programs, fcgi programs, event listeners and groups. */

import { option, optional, required } from './option.ts';
import {
  autorestart,
  boolean,
  byteSize,
  environment,
  exitCodes,
  exitOn,
  integer,
  lengthUnit,
  list,
  logfile,
  objectReference,
  octal,
  owner,
  seconds,
  signal,
  text,
  user,
} from './values.ts';

const program = 'program';
const process = 'process';

const outputOptions = (channel: 'stdout' | 'stderr') => ({
  logfile: option(`${channel}_logfile`, logfile, 'AUTO', {
    scope: process,
    doc: `Where ${channel} goes: a file, AUTO for a generated one in childlogdir that a restart of the daemon removes, or NONE.`,
  }),
  maxBytes: option(`${channel}_logfile_maxbytes`, byteSize, '50MB', {
    scope: process,
    doc: 'The log is rotated when it has reached this size; 0 never rotates.',
  }),
  backups: option(`${channel}_logfile_backups`, integer, '10', {
    scope: process,
    doc: 'How many rotated logs are kept; 0 empties the log in place.',
  }),
  captureMaxBytes: option(`${channel}_capture_maxbytes`, byteSize, '0', {
    scope: program,
    doc: 'Most bytes kept of what is written between process communication tags; 0 turns capture off.',
  }),
  eventsEnabled: option(`${channel}_events_enabled`, boolean, 'false', {
    scope: program,
    doc: `Whether writing to ${channel} raises PROCESS_LOG events.`,
  }),
  syslog: option(`${channel}_syslog`, boolean, 'false', {
    scope: process,
    doc: `Whether ${channel} goes to the system log as well.`,
  }),
});

const stdout = outputOptions('stdout');
const stderr = outputOptions('stderr');

/** Keys of `[program:x]`, and of the two sections that are programs with something more. */
export const programOptions = {
  command: required('command', text, {
    scope: process,
    doc: 'The program with its arguments. Split like a POSIX shell does, but no shell is involved.',
  }),
  process_name: option('process_name', text, '%(program_name)s', {
    scope: process,
    doc: 'The name of the process; must contain %(process_num) when numprocs is above 1.',
  }),
  numprocs: option('numprocs', integer, '1', { scope: program, doc: 'How many processes the program has.' }),
  numprocs_start: option('numprocs_start', integer, '0', { scope: program, doc: 'The first process_num.' }),
  priority: option('priority', integer, '999', {
    scope: 'here',
    doc: 'Lower numbers start first and stop last.',
  }),
  autostart: option('autostart', boolean, 'true', { scope: program, doc: 'Whether it starts with the daemon.' }),
  autorestart: option('autorestart', autorestart, 'unexpected', {
    scope: program,
    doc: 'Whether a process that ran and ended is started again: true, false, or unexpected (only when its exit code is not in exitcodes).',
  }),
  startsecs: option('startsecs', seconds, '1', {
    scope: program,
    doc: 'How long it must run before its start counts as successful; 0 counts at once.',
  }),
  startretries: option('startretries', integer, '3', {
    scope: program,
    doc: 'How often a failed start is tried again before the process is FATAL; each wait is one second longer.',
  }),
  exitcodes: option('exitcodes', exitCodes, '0', {
    scope: program,
    doc: 'The exit codes that are expected; empty = none is.',
  }),
  stopsignal: option('stopsignal', signal, 'TERM', { scope: program, doc: 'The signal that asks it to stop.' }),
  stopwaitsecs: option('stopwaitsecs', seconds, '10', {
    scope: program,
    doc: 'How long it may take to stop before it is killed with SIGKILL.',
  }),
  stopasgroup: option('stopasgroup', boolean, 'false', {
    scope: program,
    doc: 'Whether stopsignal goes to the whole process group.',
  }),
  killasgroup: optional('killasgroup', boolean, {
    scope: program,
    defaultDoc: 'same as stopasgroup',
    doc: 'Whether SIGKILL goes to the whole process group.',
  }),
  killtree: option('killtree', boolean, 'false', {
    scope: program,
    doc: 'Whether everything a process has started ends with it: SIGKILL goes to all of it, and what is left at its end gets stopsignal and stopwaitsecs. Not known to Supervisor.',
  }),
  exit_on: option('exit_on', exitOn, 'never', {
    scope: program,
    doc: 'Which end of a process that is not started again ends the daemon with its exit code: any exit, a failure (unexpected, or FATAL), or FATAL alone. Not known to Supervisor.',
  }),
  user: optional('user', user, { scope: program, doc: 'Runs it as this user; the daemon must be root.' }),
  redirect_stderr: option('redirect_stderr', boolean, 'false', {
    scope: program,
    doc: 'Whether stderr goes where stdout goes.',
  }),
  stdout_logfile: stdout.logfile,
  stdout_logfile_maxbytes: stdout.maxBytes,
  stdout_logfile_backups: stdout.backups,
  stdout_capture_maxbytes: stdout.captureMaxBytes,
  stdout_events_enabled: stdout.eventsEnabled,
  stdout_syslog: stdout.syslog,
  stderr_logfile: stderr.logfile,
  stderr_logfile_maxbytes: stderr.maxBytes,
  stderr_logfile_backups: stderr.backups,
  stderr_capture_maxbytes: stderr.captureMaxBytes,
  stderr_events_enabled: stderr.eventsEnabled,
  stderr_syslog: stderr.syslog,
  environment: option('environment', environment, '', {
    secret: true,
    scope: process,
    defaultDoc: 'empty',
    doc: 'Variables for its processes: KEY="value",KEY2="value2". Its own names are not available to itself.',
  }),
  directory: optional('directory', text, { scope: process, doc: 'Where its processes start.' }),
  umask: optional('umask', octal, { scope: program, defaultDoc: "the daemon's", doc: 'The umask of its processes.' }),
  serverurl: option('serverurl', text, 'AUTO', {
    scope: program,
    doc: 'What SUPERVISOR_SERVER_URL says; AUTO = the first control socket of the daemon.',
  }),
};

/** The channels' options, by what they mean. */
export const channelOptions = { stdout, stderr };

export const fcgiProgramOptions = {
  ...programOptions,
  socket: required('socket', text, {
    scope: 'socket',
    doc: 'What the processes share as standard input: tcp://host:port or unix:///absolute/path.',
  }),
  socket_backlog: optional('socket_backlog', integer, {
    scope: 'here',
    defaultDoc: "the system's largest",
    doc: 'Length of the queue of connections that wait, 1 to 65535.',
  }),
  socket_owner: optional('socket_owner', owner, {
    scope: 'here',
    defaultDoc: "the program's user",
    doc: 'Owner of a Unix socket.',
    refusal: (value) => `Invalid socket_owner value ${value}`,
  }),
  socket_mode: optional('socket_mode', octal, {
    scope: 'here',
    defaultDoc: '0700',
    doc: 'Permissions of a Unix socket.',
    refusal: (value) => `Invalid socket_mode value ${value}`,
  }),
};

export const eventListenerOptions = {
  ...programOptions,
  priority: option('priority', integer, '-1', {
    scope: 'here',
    doc: 'Lower numbers start first and stop last; of the pool, its processes keep 999.',
  }),
  events: required('events', list, {
    scope: 'here',
    doc: 'The event types it listens to, separated by commas.',
  }),
  buffer_size: option('buffer_size', integer, '10', {
    scope: 'here',
    doc: 'How many events wait while no listener is ready; at least 1.',
  }),
  length_unit: option('length_unit', lengthUnit, 'characters', {
    scope: 'here',
    doc: 'What len in the header of an event counts: characters, or bytes. Not known to Supervisor, which counts characters.',
  }),
  result_handler: option('result_handler', objectReference, 'supervisor.dispatchers:default_handler', {
    scope: 'here',
    doc: "What judges the listener's results, as module:attribute.",
    refusal: (value, section) => `${value} cannot be resolved within [${section}]`,
  }),
};

export const groupOptions = {
  programs: optional('programs', list, {
    scope: 'here',
    defaultDoc: 'empty',
    doc: 'The programs whose processes it holds, separated by commas.',
  }),
  priority: option('priority', integer, '999', { scope: 'here', doc: 'Lower numbers start first and stop last.' }),
};
