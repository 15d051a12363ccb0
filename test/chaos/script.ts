/** What is done to a daemon, chosen by chance: a list of steps that a seed repeats, whatever becomes of each. Pure. */

import type { Random } from '../fuzz/random.ts';
import { chaosPrograms, nameOf } from './programs.ts';

export type Protocol = 'messagepack' | 'xml-rpc';

/** A request for one process, or for a group. */
export type Request =
  | { readonly kind: 'start' | 'stop' | 'clear' | 'tail' | 'read'; readonly target: string }
  | { readonly kind: 'startGroup' | 'stopGroup'; readonly target: string }
  | { readonly kind: 'signal'; readonly target: string; readonly signal: 'HUP' | 'USR1' | 'KILL' }
  | { readonly kind: 'order'; readonly target: string; readonly order: string }
  | { readonly kind: 'add' | 'remove'; readonly target: string }
  | { readonly kind: 'startAll' | 'stopAll'; readonly target: '' }
  | { readonly kind: 'status' | 'reread' | 'clearDaemonLog'; readonly target: '' };

export type Step =
  | { readonly kind: 'request'; readonly protocol: Protocol; readonly request: Request }
  | { readonly kind: 'update' }
  /** As a person does it, with `supervisorctl`. */
  | { readonly kind: 'ctl'; readonly command: 'start' | 'stop' | 'restart'; readonly target: string }
  /** The configuration file is edited. */
  | { readonly kind: 'edit'; readonly change: 'toggle' | 'edition' | 'break' | 'mend'; readonly group: string }
  | { readonly kind: 'signalProgram'; readonly target: string; readonly signal: 'SIGKILL' | 'SIGSEGV' }
  /** Stopped for some time, as by a terminal. */
  | { readonly kind: 'freezeProgram'; readonly target: string; readonly forMs: number }
  | {
      readonly kind: 'killDaemon';
      readonly downMs: number;
      readonly adopts: boolean;
      /** Programs that are killed while there is no daemon. */
      readonly victims: readonly string[];
      /** How long each daemon lives that is started and killed again, before the one that stays. */
      readonly shortLivesMs: readonly number[];
      /** What is under way when it is killed, since so many milliseconds. */
      readonly during: Interrupted;
      readonly afterMs: number;
    }
  /** It is to be made again, with all that belongs into it. */
  | { readonly kind: 'removeRuntimeDirectory' }
  | { readonly kind: 'upgrade' | 'reload' | 'hangUp' | 'reopenLogs' }
  /** The directory of the logs is called otherwise for some time. */
  | { readonly kind: 'hideLogs'; readonly forMs: number }
  /** A client that says nothing, or half of something, or does not read what it asked for. */
  | { readonly kind: 'uselessClient'; readonly manner: UselessManner; readonly forMs: number }
  | { readonly kind: 'follow'; readonly target: string; readonly forMs: number };

export type Interrupted = 'nothing' | 'upgrade' | 'reload';

export const uselessManners = ['silent', 'half-frame', 'half-http', 'garbage', 'never-reads'] as const;
export type UselessManner = (typeof uselessManners)[number];

export interface TimedStep {
  /** Milliseconds after the step before. */
  readonly afterMs: number;
  readonly step: Step;
}

const targets = chaosPrograms.map(nameOf);
const writers = chaosPrograms.filter(({ isWriter }) => isWriter).map(nameOf);
const groups = [...new Set(chaosPrograms.map(({ group }) => group))];
const changing = chaosPrograms.filter(({ comesAndGoes }) => comesAndGoes).map(({ group }) => group);

/** Steps for ever. */
export function* script(random: Random): Generator<TimedStep, never> {
  for (let number = 0; ; number += 1) {
    yield { afterMs: random.chance(0.2) ? 0 : random.below(120), step: chooseStep(random, number) };
  }
}

type Choice = readonly [weight: number, make: (random: Random, number: number) => Step];

const choices: readonly Choice[] = [
  [60, (random, number) => ({ kind: 'request', protocol: protocolOf(random), request: chooseRequest(random, number) })],
  [
    14,
    (random) => ({ kind: 'signalProgram', target: random.pick(targets), signal: random.pick(['SIGKILL', 'SIGSEGV']) }),
  ],
  [3, (random) => ({ kind: 'freezeProgram', target: random.pick(writers), forMs: random.below(4000) })],
  [4, chooseKill],
  [1, () => ({ kind: 'upgrade' })],
  [0.5, (random) => ({ kind: random.pick(['reload', 'hangUp']) })],
  [2, () => ({ kind: 'reopenLogs' })],
  [4, chooseEdit],
  [2, () => ({ kind: 'update' })],
  [2, (random) => ({ kind: 'ctl', command: random.pick(['start', 'stop', 'restart']), target: random.pick(targets) })],
  [1, (random) => ({ kind: 'hideLogs', forMs: random.below(2500) })],
  [0.5, () => ({ kind: 'removeRuntimeDirectory' })],
  [4, (random) => ({ kind: 'uselessClient', manner: random.pick(uselessManners), forMs: random.below(8000) })],
  [4, (random) => ({ kind: 'follow', target: random.pick(writers), forMs: random.below(5000) })],
];
const allWeights = choices.reduce((sum, [weight]) => sum + weight, 0);

function chooseStep(random: Random, number: number): Step {
  let left = (random.below(1_000_000) / 1_000_000) * allWeights;
  for (const [weight, make] of choices) {
    left -= weight;
    if (left < 0) return make(random, number);
  }
  return { kind: 'reopenLogs' };
}

const protocolOf = (random: Random): Protocol => random.pick(['messagepack', 'xml-rpc']);

function chooseRequest(random: Random, number: number): Request {
  const target = random.pick(targets);
  const kind = random.below(100);
  if (kind < 25) return { kind: 'start', target };
  if (kind < 45) return { kind: 'stop', target };
  if (kind < 50) return chooseMany(random);
  if (kind < 60) return { kind: 'signal', target, signal: random.pick(['HUP', 'USR1', 'KILL']) };
  if (kind < 75) return { kind: 'order', target: random.pick(writers), order: chooseOrder(random, number) };
  if (kind < 82) return { kind: random.pick(['tail', 'read']), target: random.pick(writers) };
  if (kind < 86) return { kind: 'clear', target: 'cleared:cleared' };
  if (kind < 90) return { kind: random.pick(['add', 'remove']), target: random.pick(changing) };
  if (kind < 93) return { kind: 'reread', target: '' };
  return { kind: random.chance(0.1) ? 'clearDaemonLog' : 'status', target: '' };
}

function chooseMany(random: Random): Request {
  if (random.chance(0.1)) return { kind: random.pick(['startAll', 'stopAll']), target: '' };
  return { kind: random.pick(['startGroup', 'stopGroup']), target: random.pick(groups) };
}

function chooseOrder(random: Random, number: number): string {
  if (random.chance(0.4)) return `burst ${random.below(400)}`;
  return random.chance(0.3) ? `leave ${random.pick([0, 0, 3])}` : `heard ${number}`;
}

function chooseKill(random: Random): Step {
  const victims = random.chance(0.5) ? [random.pick(targets), random.pick(targets)] : [];
  const shortLivesMs = random.chance(0.3) ? [random.below(700), random.below(400)] : [];
  const downMs = random.chance(0.3) ? random.below(1500) : random.below(100);
  const during = random.pick<Interrupted>(['nothing', 'nothing', 'nothing', 'nothing', 'upgrade', 'reload']);
  const afterMs = random.below(800);
  return { kind: 'killDaemon', downMs, adopts: !random.chance(0.1), victims, shortLivesMs, during, afterMs };
}

function chooseEdit(random: Random): Step {
  return {
    kind: 'edit',
    change: random.pick(['toggle', 'toggle', 'edition', 'break', 'mend', 'mend']),
    group: random.pick(changing),
  };
}
