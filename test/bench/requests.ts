/** Requests over the socket of a supervisor, by a client in C that is faster than any of them. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Protocol } from './rivals/rival.ts';
import type { Running } from './running.ts';
import { median } from './statistics.ts';
import type { Measured } from './workloads/workload.ts';
import type { Workshop } from './workshop.ts';

const listRequests = 11;
const windowSize = 32;
/** Time that requests are made for before any is measured, and then that those for one process are measured for; milliseconds. */
const warmUpMs = 500;
const askMs = 1000;
const fewRequests = 40;
const most = 100_000;

interface Asking {
  readonly protocol: Protocol;
  readonly method: string;
  readonly name: string;
  readonly count: number;
  readonly window: number;
}

export async function measureRequests(workshop: Workshop, { plan }: Running): Promise<Measured> {
  const client = workshop.tool('client');
  const socket = plan.socket;
  if (client === undefined || socket === undefined) return {};
  const ask = async ({ protocol, method, name, count, window }: Asking): Promise<readonly number[]> => {
    const words = [socket.path, protocol, `supervisor.${method}`, name, String(count), String(window)];
    const { stdout } = await promisify(execFile)(client, words, { maxBuffer: 100e6 });
    return stdout.trimEnd().split('\n').map(Number);
  };
  /**
   * All who are asked have been asked the same for a while, as tools do for months. Without that those who compile what is
   * used often would be measured before they have, and the number of requests would be estimated from that.
   */
  const warmedUp = async (asking: Omit<Asking, 'count'>, few: number): Promise<number> => {
    const [firstNs = Number.NaN] = await ask({ ...asking, count: few });
    const count = requestsIn(warmUpMs, firstNs / few, few);
    const [wholeNs = Number.NaN] = await ask({ ...asking, count });
    return wholeNs / count;
  };
  const list = async (protocol: Protocol): Promise<number> => {
    const asking = { protocol, method: 'getAllProcessInfo', name: '-', window: 1 };
    await warmedUp(asking, 1);
    const [, ...each] = await ask({ ...asking, count: listRequests });
    return median(each) / 1e6;
  };
  const perSecond = async (protocol: Protocol, window: number): Promise<number> => {
    const asking = { protocol, method: 'getProcessInfo', name: socket.name(500), window };
    const count = requestsIn(askMs, await warmedUp(asking, fewRequests), fewRequests);
    const [wholeNs = Number.NaN] = await ask({ ...asking, count });
    return count / (wholeNs / 1e9);
  };
  const measured: Measured = { 'all-xml': [await list('xml')], 'one-xml': [await perSecond('xml', 1)] };
  if (!socket.protocols.includes('packed')) return measured;
  return {
    ...measured,
    'all-packed': [await list('packed')],
    'one-packed': [await perSecond('packed', 1)],
    'one-packed-window': [await perSecond('packed', windowSize)],
  };
}

const requestsIn = (milliseconds: number, eachNs: number, least: number): number =>
  Math.min(most, Math.max(least, Math.round((milliseconds * 1e6) / eachNs)));
