/** What `help <topic>` prints, line by line; also shown after some mistakes. Blanks and tabs are part of the contract. */

export const helpTexts: ReadonlyMap<string, readonly string[]> = new Map([
  ['add', ['add <name> [...]\tActivates any updates in config for process/group']],
  ['avail', ['avail\t\t\tDisplay all configured processes']],
  [
    'clear',
    [
      "clear <name>\t\tClear a process' log files.",
      "clear <name> <name>\tClear multiple process' log files",
      "clear all\t\tClear all process' log files",
    ],
  ],
  ['exit', ['exit\tExit the supervisor shell.']],
  ['fg', ['fg <process>\tConnect to a process in foreground mode', '\t\tCtrl-C to exit']],
  ['help', ['help\t\tPrint a list of available actions', 'help <action>\tPrint help for <action>']],
  [
    'maintail',
    [
      'maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)',
      'maintail -100\tlast 100 *bytes* of supervisord main log file',
      'maintail\tlast 1600 *bytes* of supervisor main log file',
      '',
    ],
  ],
  [
    'open',
    ['open <url>\tConnect to a remote supervisord process.', '\t\t(for UNIX domain socket, use unix:///socket/path)'],
  ],
  [
    'pid',
    [
      'pid\t\t\tGet the PID of supervisord.',
      'pid <name>\t\tGet the PID of a single child process by name.',
      'pid all\t\t\tGet the PID of every child process, one per line.',
    ],
  ],
  ['quit', ['quit\tExit the supervisor shell.']],
  ['reload', ['reload \t\tRestart the remote supervisord.']],
  ['remove', ['remove <name> [...]\tRemoves process/group from active config']],
  ['reread', ["reread \t\t\tReload the daemon's configuration files without add/remove"]],
  [
    'restart',
    [
      'restart <name>\t\tRestart a process',
      'restart <gname>:*\tRestart all processes in a group',
      'restart <name> <name>\tRestart multiple processes or groups',
      'restart all\t\tRestart all processes',
      'Note: restart does not reread config files. For that, see reread and update.',
    ],
  ],
  ['shutdown', ['shutdown \tShut the remote supervisord down.']],
  [
    'signal',
    [
      'signal <signal name> <name>\t\tSignal a process',
      'signal <signal name> <gname>:*\t\tSignal all processes in a group',
      'signal <signal name> <name> <name>\tSignal multiple processes or groups',
      'signal <signal name> all\t\tSignal all processes',
    ],
  ],
  [
    'start',
    [
      'start <name>\t\tStart a process',
      'start <gname>:*\t\tStart all processes in a group',
      'start <name> <name>\tStart multiple processes or groups',
      'start all\t\tStart all processes',
    ],
  ],
  [
    'status',
    [
      'status <name>\t\tGet status for a single process',
      'status <gname>:*\tGet status for all processes in a group',
      'status <name> <name>\tGet status for multiple named processes',
      'status\t\t\tGet all process status info',
    ],
  ],
  [
    'stop',
    [
      'stop <name>\t\tStop a process',
      'stop <gname>:*\t\tStop all processes in a group',
      'stop <name> <name>\tStop multiple processes or groups',
      'stop all\t\tStop all processes',
    ],
  ],
  [
    'tail',
    [
      'tail [-f] <name> [stdout|stderr] (default stdout)',
      'Ex:',
      'tail -f <name>\t\tContinuous tail of named process stdout',
      '\t\t\tCtrl-C to exit.',
      'tail -100 <name>\tlast 100 *bytes* of process stdout',
      'tail <name> stderr\tlast 1600 *bytes* of process stderr',
    ],
  ],
  [
    'update',
    [
      'update\t\t\tReload config and add/remove as necessary, and will restart affected programs',
      'update all\t\tReload config and add/remove as necessary, and will restart affected programs',
      'update <gname> [...]\tUpdate specific groups',
    ],
  ],
  ['version', ['version\t\t\tShow the version of the remote supervisord process']],
]);

/** The same for actions that Supervisor has not. */
export const ownHelpTexts: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'chart',
    [
      'chart\t\t\tShow the states of a process, and what leads from one to the other',
      'chart <name>\t\tThe same, with the state marked that the process is in',
      '\t\t\t--machine process|group|supervisor|pool|listener (default process)',
      '\t\t\t--format ascii|mermaid|dot|svg|scxml|json (default ascii)',
    ],
  ],
  [
    'top',
    [
      'top\t\t\tShow all processes as they change, with CPU and memory of each and why it is in its state',
      '\t\t\tq quits, s sorts, / filters; without a terminal one table is printed.',
    ],
  ],
  [
    'trace',
    [
      'trace\t\t\tShow what has happened to all processes: requests, events, changes of state and their causes',
      'trace <name>\t\tShow what has happened to a process',
      'trace <gname>:*\t\tShow what has happened to all processes in a group',
      'trace -f [<name>]\tGo on with what happens (Ctrl-C to exit)',
      'trace --since 10m\tOnly what has happened in the last 10 minutes; also s, h and d',
      'trace --json\t\tOne JSON object a line',
    ],
  ],
  [
    'why',
    [
      'why\t\t\tExplain every process that is not as it should be',
      'why <name>\t\tExplain why a process is in its state, and what to do about it',
      'why <gname>:*\t\tExplain all processes in a group',
      'why all\t\t\tExplain all processes',
    ],
  ],
  [
    'upgrade',
    [
      'upgrade\t\t\tReplace the running supervisord by the version installed now; programs run on',
      '\t\t\tThe new version is tried first; if it cannot start, the old one goes on.',
    ],
  ],
]);
