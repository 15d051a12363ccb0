/** The steps that scenarios are made of. Each is named by what would be typed or looked at. */
import { type CommandResult, runCommand } from '../helpers/command.ts';
import { type RpcValue, rpcCall } from './rpc-call.ts';
import type { Side, Step } from './side-by-side.ts';

/** Our client adds hints on standard error, which the original has not: what is printed otherwise is the same. */
const withoutHints = (result: CommandResult): CommandResult => ({
  ...result,
  stderr: result.stderr.replace(/^hint: .*\n/gm, ''),
});

/** What the original says once or more often, depending on how long something took. */
const impatience = / waiting for /;

/** `supervisorctl` with arguments: what it prints where, and its exit status. */
export function ctl(...args: readonly string[]): Step {
  return {
    title: ['supervisorctl', ...args].join(' '),
    run: async ({ sandbox }) => {
      const result = withoutHints(await sandbox.ctl(...args));
      // A process id alone on its line; 0 stands for none.
      const stdout = args[0] === 'pid' ? result.stdout.replace(/^[1-9]\d*$/gm, 'N') : result.stdout;
      return { ...result, stdout };
    },
  };
}

/** What is typed into the shell of `supervisorctl`, by lines. */
export function typed(...lines: readonly string[]): Step {
  const input = lines.map((line) => `${line}\n`).join('');
  return {
    title: `supervisorctl with ${lines.join('; ')}`,
    run: async ({ sandbox }) => withoutHints(await sandbox.ctlWithInput(input)),
  };
}

/** The same step when the order of its lines depends on which process was faster. */
export function inAnyOrder({ title, run }: Step): Step {
  return { title: `${title}, in any order`, run: async (side) => sorted(await run(side)) };
}

function sorted(value: unknown): unknown {
  if (typeof value === 'string') return value.split('\n').sort().join('\n');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, sorted(item)]));
}

/** What the log says when a process gets into a state. */
const arrivals = {
  RUNNING: (name: string) => `success: ${name} entered RUNNING state`,
  EXITED: (name: string) => `exited: ${name} `,
  STOPPED: (name: string) => `stopped: ${name} `,
  FATAL: (name: string) => `gave up: ${name} entered FATAL state`,
};

/** Waits until a process has come into a state for the `times`th time; compares nothing. */
export function until(name: string, state: keyof typeof arrivals, times = 1): Step {
  return {
    title: `${name} is ${state}`,
    run: async ({ daemon }) => {
      await daemon.waitForMessage(name, arrivals[state](name), times);
    },
  };
}

/** Waits until the daemon's log has a text; compares nothing. */
export function untilLog(text: RegExp | string): Step {
  return {
    title: `the log has ${text}`,
    run: async ({ daemon }) => {
      await daemon.waitForLog(text);
    },
  };
}

/** Waits until a file has a text; compares the whole file. */
export function untilFile(name: string, text: RegExp | string): Step {
  return { title: name, run: ({ daemon }) => daemon.waitForFile(name, text) };
}

/** The text of a file. */
export function file(name: string): Step {
  return { title: name, run: async ({ sandbox }) => sandbox.read(name) };
}

/** Writes a file; compares nothing. */
export function write(name: string, text: string): Step {
  return {
    title: `write ${name}`,
    run: async ({ sandbox }) => {
      sandbox.write(name, text);
    },
  };
}

const matters = (messages: readonly string[]): readonly string[] => messages.filter((line) => !impatience.test(line));

/** What the daemon's log says of a process. */
export function logAbout(name: string): Step {
  return { title: `the log about ${name}`, run: async ({ daemon }) => matters(daemon.messagesAbout(name)) };
}

/** What the daemon's log says, apart from `left out`. */
export function log(leftOut?: RegExp): Step {
  return {
    title: "the daemon's log",
    run: async ({ daemon }) =>
      matters(daemon.messages()).filter((line) => leftOut === undefined || !leftOut.test(line)),
  };
}

/** A signal to the daemon; compares nothing. */
export function signal(name: NodeJS.Signals): Step {
  return {
    title: name,
    run: async ({ daemon }) => {
      daemon.signal(name);
    },
  };
}

/** Waits for the end of the daemon, and compares how it ended. */
export const ended: Step = {
  title: 'the end of the daemon',
  run: async ({ daemon }) => {
    await daemon.waitForEnd();
    return (await daemon.command.ended()).status;
  },
};

/** Anything else. */
export function step(title: string, run: (side: Side) => Promise<unknown>): Step {
  return { title, run };
}

/** An XML-RPC call: status, type and body of the reply. */
export function rpc(method: string, ...params: readonly RpcValue[]): Step {
  return {
    title: `${method}(${params.map((param) => JSON.stringify(param)).join(', ')})`,
    run: ({ sandbox }) => rpcCall(sandbox.path('supervisor.sock'), method, params),
  };
}

/** Any other command, run in the sandbox; `words` may depend on the side. */
export function command(title: string, words: (side: Side) => readonly [string, ...string[]], input?: string): Step {
  return {
    title,
    run: async (side) => {
      const [file, ...args] = words(side);
      const { folder, env } = side.sandbox;
      return await runCommand(file, args, { cwd: folder, env, ...(input === undefined ? {} : { input }) });
    },
  };
}
