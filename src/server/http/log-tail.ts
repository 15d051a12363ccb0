/**
 * `/logtail/NAME[/CHANNEL]` and `/mainlogtail`: a response that never ends and carries a log as it grows. It reads from the
 * file only what the peer takes, and only when something was written.
 */

import type { ServerResponse } from 'node:http';
import type { LogAccess, SupervisorControl } from '../../commands/control.ts';
import { findProcess } from '../../commands/process-lookup.ts';
import { followLog } from '../../logging/log-follower.ts';
import { Fault } from '../../model/errors.ts';
import { beginResponse } from './reply.ts';

/** As Supervisor. */
const tailBytes = 1024;

const chunkBytes = 64 * 1024;

const truncatedText = '==> File truncated <==\n';

/** The log a path names, `/logtail/g:p/stderr`; null if there is none. */
export function findLog(control: SupervisorControl, path: string): LogAccess | null {
  const [name, ...channels] = path.split('/').slice(2);
  const channel = channels.length === 0 ? 'stdout' : channels.join('/');
  if (name === undefined || (channel !== 'stdout' && channel !== 'stderr')) return null;
  try {
    return findProcess(control, name)[channel];
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/**
 * Runs until the peer leaves. False when there is no such file, and nothing was sent.
 * @param headers sent besides those of every tail.
 */
export function sendLogTail(
  response: ServerResponse,
  log: LogAccess,
  headers: Readonly<Record<string, string>> = {},
): boolean {
  if (log.path === null) return false;
  let scheduled = false;
  let waitsForPeer = false;
  // Several writes of one moment become one chunk, and the log has taken the bytes before they are read from it.
  const schedule = (): void => {
    if (scheduled || waitsForPeer) return;
    scheduled = true;
    setImmediate(pump);
  };
  const follower = followLog(log.path, { tailBytes, onTouched: schedule });
  if (follower === null) return false;

  function pump(): void {
    scheduled = false;
    try {
      sendAdded();
    } catch {
      // The file cannot be read any more, such as on a disk that failed.
      response.destroy();
    }
  }

  function sendAdded(): void {
    while (!waitsForPeer && !response.destroyed && !response.writableEnded) {
      const part = follower?.read(chunkBytes);
      if (part === undefined || (part.kind === 'bytes' && part.bytes.length === 0)) return;
      waitsForPeer = !response.write(part.kind === 'bytes' ? part.bytes : truncatedText);
    }
  }

  beginResponse(response, 200, {
    'Last-Modified': follower.modifiedAt.toUTCString(),
    'Content-Type': 'text/plain;charset=utf-8',
    // Browsers would hold back the first bytes until there are enough to guess from what they are.
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.flushHeaders();
  const stopListening = log.onBytes(schedule);
  response.on('drain', () => {
    waitsForPeer = false;
    pump();
  });
  response.on('close', () => {
    stopListening();
    follower.close();
  });
  pump();
  return true;
}
