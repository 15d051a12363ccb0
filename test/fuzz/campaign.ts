/**
 * One fuzzer at work: makes inputs, checks them, keeps those that reach something new as material for further ones, and
 * makes failing ones small. Time is processor time, so that a busy machine is no failure.
 */

import type { CoverageMeter } from './coverage.ts';
import { bytesOf, type Fuzzer, type Target } from './fuzzer.ts';
import { minimize } from './minimize.ts';
import { type MutationMaterial, mutate } from './mutation.ts';
import { createRandom } from './random.ts';
import { takeStrayErrors } from './stray-errors.ts';

export interface Failure {
  readonly input: Uint8Array;
  /** With the stack. */
  readonly message: string;
}

export interface CampaignReport {
  readonly inputs: number;
  readonly outcomes: ReadonlySet<string>;
  /** Inputs that reached something new, seeds included. */
  readonly kept: number;
  readonly failures: readonly Failure[];
}

export interface CampaignOptions {
  readonly fuzzer: Fuzzer;
  readonly target: Target;
  readonly seed: number;
  /** Asked before each input. */
  readonly goesOn: (inputs: number) => boolean;
  /** Tells which inputs reach new code; without it only new outcomes count. */
  readonly coverage?: CoverageMeter;
  /** Called with each input before it is checked. */
  readonly onInput?: (input: Uint8Array) => void;
  readonly onFailure?: (failure: Failure) => void;
}

/** Processor milliseconds that no input may take. */
const longestCheckMs = 2000;

/** Different failures after which there is enough to repair. */
const mostFailures = 10;

/** Inputs whose code coverage is looked at together. */
const batchSize = 256;

export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { fuzzer, target, coverage } = options;
  const random = createRandom(options.seed);
  const pool: Uint8Array[] = fuzzer.seeds.map(bytesOf);
  const material: MutationMaterial = {
    others: pool,
    tokens: fuzzer.tokens.map(bytesOf),
    maxBytes: fuzzer.maxBytes,
  };
  const outcomes = new Set<string>();
  const failures = new Map<string, Failure>();
  const batch: Uint8Array[] = [];
  let inputs = 0;

  const next = (): Uint8Array => {
    if (inputs < pool.length && inputs < fuzzer.seeds.length) return pool[inputs] ?? new Uint8Array(0);
    if (random.chance(0.3)) return bytesOf(fuzzer.generate(random)).subarray(0, fuzzer.maxBytes);
    // What was found last is looked at more often.
    const recent = random.chance(0.3) ? Math.min(pool.length, 16) : pool.length;
    const base = random.chance(0.2) ? bytesOf(fuzzer.generate(random)) : pool[pool.length - 1 - random.below(recent)];
    return mutate(random, base ?? new Uint8Array(0), material);
  };

  async function attribute(): Promise<void> {
    if (coverage === undefined || batch.length < batchSize) return;
    if (await coverage.sawNew()) {
      for (const input of batch) {
        await attempt(target, input);
        if (await coverage.isNew()) pool.push(input);
      }
    }
    batch.length = 0;
  }

  while (failures.size < mostFailures && options.goesOn(inputs)) {
    const input = Uint8Array.from(next());
    inputs += 1;
    options.onInput?.(input);
    const result = await attempt(target, input);
    if (result.kind === 'failed') {
      const identity = identityOf(result.message);
      if (failures.has(identity)) continue;
      const small = await minimize(input, async (candidate) => {
        options.onInput?.(candidate);
        const again = await attempt(target, candidate);
        return again.kind === 'failed' && identityOf(again.message) === identity;
      });
      const shown = await attempt(target, small);
      const failure = { input: small, message: shown.kind === 'failed' ? shown.message : result.message };
      failures.set(identity, failure);
      options.onFailure?.(failure);
    } else if (!outcomes.has(result.outcome)) {
      outcomes.add(result.outcome);
      pool.push(input);
    } else {
      batch.push(input);
      await attribute();
    }
  }
  return { inputs, outcomes, kept: pool.length, failures: [...failures.values()] };
}

/** Two failures with the same first line, numbers apart, are one. */
const identityOf = (message: string): string => (message.split('\n')[0] ?? '').replace(/\d+/g, 'N').slice(0, 100);

type Attempt =
  | { readonly kind: 'passed'; readonly outcome: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Checks one input within its time. */
export async function attempt(target: Target, input: Uint8Array): Promise<Attempt> {
  for (let time = 1; ; time += 1) {
    const before = process.cpuUsage();
    let outcome: string;
    try {
      outcome = await target.check(input);
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    const [stray] = takeStrayErrors();
    if (stray !== undefined) return { kind: 'failed', message: stray };
    const { user, system } = process.cpuUsage(before);
    const milliseconds = (user + system) / 1000;
    if (milliseconds <= longestCheckMs) return { kind: 'passed', outcome };
    // Collecting garbage can fall into any check, but hardly into the same one again and again.
    if (time === 3) {
      return { kind: 'failed', message: `takes too long: more than ${longestCheckMs} ms of the processor` };
    }
  }
}
