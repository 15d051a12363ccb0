/** The action `upgrade`, which Supervisor has not: the daemon is replaced, its programs run on. */

import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionProblem } from '../../client/control-client.ts';
import { Fault, faultCodes } from '../../model/errors.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { refuseArguments } from './help.ts';

/** Milliseconds in which the new version has to answer, and between two attempts to ask it. */
const patienceMs = 30_000;
const attemptEveryMs = 100;

/** `upgrade`: returns when the new version answers. */
export async function upgrade(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') {
    refuseArguments(context, 'upgrade', 'Error: upgrade accepts no arguments');
    return;
  }
  let accepted: Accepted;
  try {
    accepted = parseAnswer(await context.server.call('daemon.upgrade'));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.output.line(`ERROR: ${refusal(error)}`);
    context.exitStatus = exitStatuses.generic;
    return;
  }
  if (await isReplaced(context, accepted.instance)) {
    context.output.line(`Upgraded supervisord from ${accepted.from} to ${accepted.to}`);
    return;
  }
  context.output.line('ERROR: supervisord does not answer as the new version');
  context.exitStatus = exitStatuses.generic;
}

function refusal({ code, text }: Fault): string {
  if (code === faultCodes.UNKNOWN_METHOD) return 'this supervisord cannot be upgraded while it runs';
  return code === faultCodes.FAILED ? `not upgraded, the old version goes on: ${text.replace(/^FAILED: /, '')}` : text;
}

interface Accepted {
  readonly from: string;
  readonly to: string;
  readonly instance: string;
}

function parseAnswer(answer: unknown): Accepted {
  const fields = new Map(typeof answer === 'object' && answer !== null ? Object.entries(answer) : []);
  const text = (name: string): string => String(fields.get(name) ?? '');
  return { from: text('from'), to: text('to'), instance: text('instance') };
}

/** Asks until somebody else than the old instance answers. */
async function isReplaced(context: ControlContext, old: string): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const instance = await presentInstance(context);
    if (instance !== null && instance !== old) return true;
    await pause(attemptEveryMs);
  }
  return false;
}

/** null while nobody answers. */
async function presentInstance(context: ControlContext): Promise<string | null> {
  try {
    return parseAnswer(await context.server.call('daemon.describe')).instance;
  } catch (error) {
    if (error instanceof ConnectionProblem) return null;
    throw error;
  }
}
