/**
 * Runs one scenario on the original Supervisor and on ours, and compares what each step gave: states, output, faults,
 * exit statuses, files. Only what `masking.ts` names may differ, and what a step declares as a deviation.
 */
import { expect } from 'vitest';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { freePort } from '../helpers/free-port.ts';
import { type Commands, originalCommands, Sandbox, type SandboxFiles, testedCommands } from '../helpers/sandbox.ts';
import { type Need, scenarioWith } from './debian.ts';
import { maskAll } from './masking.ts';

export interface Side {
  readonly name: 'original' | 'ours';
  readonly sandbox: Sandbox;
  readonly daemon: Daemon;
  /** A TCP port of this side's own, for a configuration that wants one. */
  readonly port: number;
}

/** Something done to a daemon. What it resolves to is compared; `undefined` compares nothing. */
export interface Step {
  readonly title: string;
  readonly run: (side: Side) => Promise<unknown>;
}

export interface Comparison {
  readonly config: SandboxFiles | ((port: number) => SandboxFiles);
  readonly steps: readonly Step[];
  readonly env?: Readonly<Record<string, string>>;
  /** What has to be on the machine besides the original. */
  readonly needs?: readonly Need[];
  /** Whose commands the two sides run; each its own unless said otherwise. */
  readonly commands?: Readonly<Record<Side['name'], Commands>>;
}

const ownCommands = { original: originalCommands, ours: testedCommands };

interface Told {
  readonly step: string;
  readonly result: unknown;
}

const commandNames = Object.fromEntries(
  [originalCommands, testedCommands].flatMap(({ supervisord, supervisorctl }) => [
    [supervisord, 'SUPERVISORD'],
    [supervisorctl, 'SUPERVISORCTL'],
  ]),
);

/** Declares a test: both daemons, each with its own client, take the same steps and tell the same. */
export function sideBySide(title: string, comparison: Comparison): void {
  scenarioWith(['supervisor', ...(comparison.needs ?? [])], title, async () => {
    const [original, ours] = await Promise.all([transcript('original', comparison), transcript('ours', comparison)]);
    expect(original.length, 'steps that told something').toBeGreaterThan(0);
    expect(ours).toEqual(original);
  });
}

/** A step whose result is meant to differ: it must be exactly `original` there and `ours` here. */
export function deviation(step: Step, results: { readonly original: unknown; readonly ours: unknown }): Step {
  return {
    title: `${step.title} (differs on purpose)`,
    run: async (side) => {
      expect(masked(await step.run(side), side.sandbox), `${step.title} of ${side.name}`).toEqual(results[side.name]);
    },
  };
}

async function transcript(name: Side['name'], comparison: Comparison): Promise<readonly Told[]> {
  const { config, env, steps, commands = ownCommands } = comparison;
  const port = await freePort();
  const files = typeof config === 'function' ? config(port) : config;
  await using sandbox = new Sandbox({ files, commands: commands[name], ...(env === undefined ? {} : { env }) });
  await using daemon = await startDaemon({ sandbox });
  const told: Told[] = [];
  for (const { title, run } of steps) {
    const result = await run({ name, sandbox, daemon, port });
    const text = maskAll(masked(result, sandbox), { [`127.0.0.1:${port}`]: 'ADDRESS' });
    if (result !== undefined) told.push({ step: title, result: byLine(text) });
  }
  return told;
}

/** Without what may differ: process ids, times, the folder, and what the commands are called. */
export function masked<T>(result: T, sandbox: Sandbox): T {
  return maskAll(result, { [sandbox.folder]: 'FOLDER', ...commandNames });
}

/** Lines instead of long texts, so that a difference is shown by line. */
function byLine(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\n') ? value.split('\n') : value;
  if (Array.isArray(value)) return value.map(byLine);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, byLine(item)]));
}
