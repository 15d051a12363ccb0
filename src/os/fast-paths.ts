/**
 * The shortcuts this daemon takes for speed. Each has a plain path that does the same; `STATEVISOR_PLAIN` switches to it, for
 * whoever suspects one of them: a list of names with commas, or `all`.
 */

export const fastPaths = {
  'code-cache': 'compiled code is kept in a file between starts',
  'late-compiling': 'what moves programs is compiled to its fastest form later than by default',
  koffi: 'the library for calls of the system is loaded by itself, without what looks for it',
  spawn: 'programs are started by posix_spawn, not by a copy of the daemon',
  readiness: 'one descriptor in the event loop stands for all the pipes that are watched',
  splice: 'output goes from pipe to log file inside the kernel',
  'pipe-size': 'pipes hold more than the system gives by itself',
  'start-time': 'when a program was started is read from a clock, not asked of the system',
  tidy: 'memory that a burst of work has left behind is given back when all is quiet',
  'directory-watch': 'of a directory only what is taken away is reported, not what is written',
  'resting-logs': 'the log file of a program is open only from its first bytes on',
  'kept-table': 'of a list of all processes only what has changed is encoded anew',
  'late-trace': 'what is remembered of a burst of work is put together when it is over, or when somebody asks',
  timers: 'an actor that stops looks at its own timers, not at those of all',
} as const;

export type FastPath = keyof typeof fastPaths;

/** Whether a shortcut is to be taken. `plain` is the value of `STATEVISOR_PLAIN`. */
export function takesFastPath(path: FastPath, plain: string | undefined = process.env.STATEVISOR_PLAIN): boolean {
  if (plain === undefined || plain === '') return true;
  const names = plain.split(',').map((name) => name.trim());
  return !names.includes('all') && !names.includes(path);
}
