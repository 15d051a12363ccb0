import { describe, expect, test } from 'vitest';
import { FcgiSockets } from '../../src/actors/fcgi-socket.ts';
import type { FcgiSocketSpec } from '../../src/model/program-spec.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

const socketOf = (url: string): FcgiSocketSpec => ({ url, backlog: null, owner: null, mode: null });
const member = (name: string, url = 'tcp://h:80', section = 'fcgi-program:web') =>
  sampleProcess({ name, section, kind: 'fcgi-program', socket: socketOf(url) });

/** Sockets that are numbers, and what was done with them. */
function recorded(opens: (url: string) => { fd: number } | { error: string }) {
  const events: string[] = [];
  const os = {
    openListeningSocket: ({ url }: FcgiSocketSpec) => opens(url),
    copyDescriptor: (pid: number, fd: number) => (pid === 4711 ? { fd: 20 + fd } : { error: 'EPERM' }),
    closeDescriptor: (fd: number) => events.push(`closed ${fd}`),
  };
  const sockets = new FcgiSockets(os, { info: (message) => events.push(message) });
  return { sockets, events };
}

function holdOf(sockets: FcgiSockets, ...described: Parameters<typeof member>) {
  const hold = sockets.hold(member(...described));
  if (hold?.kind !== 'held') throw new Error(`no socket: ${hold?.reason}`);
  return hold;
}

describe('the sockets of fcgi programs', () => {
  test('are shared by the processes of a program, opened for the first and closed after the last', () => {
    const { sockets, events } = recorded(() => ({ fd: 7 }));
    const first = holdOf(sockets, 'web_0');
    const second = holdOf(sockets, 'web_1');
    expect([first.fd, second.fd]).toEqual([7, 7]);
    first.release();
    const third = holdOf(sockets, 'web_0');
    second.release();
    expect(events).toEqual(['Creating socket tcp://h:80']);
    third.release();
    expect(events).toEqual(['Creating socket tcp://h:80', 'Closing socket tcp://h:80', 'closed 7']);
  });

  test('are opened anew after they were closed', () => {
    let fd = 7;
    const { sockets, events } = recorded(() => ({ fd: fd++ }));
    for (let time = 0; time < 2; time += 1) holdOf(sockets, 'web_0').release();
    expect(events.filter((event) => event.startsWith('closed'))).toEqual(['closed 7', 'closed 8']);
  });

  test('are none for other programs', () => {
    const { sockets, events } = recorded(() => ({ fd: 7 }));
    expect(sockets.hold(sampleProcess())).toBeNull();
    expect(events).toEqual([]);
  });

  test('that cannot be opened are a reason not to start, and tried again the next time', () => {
    let occupied = true;
    const { sockets } = recorded(() => (occupied ? { error: 'EADDRINUSE: address already in use' } : { fd: 7 }));
    expect(sockets.hold(member('web_0'))).toEqual({
      kind: 'failed',
      reason: 'Could not create FastCGI socket tcp://h:80: EADDRINUSE: address already in use',
    });
    occupied = false;
    expect(holdOf(sockets, 'web_0').fd).toBe(7);
  });

  test('are not shared with another program that names the same address', () => {
    let fd = 7;
    const { sockets } = recorded(() => ({ fd: fd++ }));
    expect(holdOf(sockets, 'web').fd).toBe(7);
    expect(holdOf(sockets, 'other', 'tcp://h:80', 'fcgi-program:other').fd).toBe(8);
  });

  test('are taken from a program that an earlier daemon has started, and shared with those started later', () => {
    const { sockets, events } = recorded(() => ({ fd: 7 }));
    const survivor = sockets.holdOf(member('web_0'), 4711);
    expect(survivor).toMatchObject({ kind: 'held', fd: 20 });
    expect(holdOf(sockets, 'web_1').fd).toBe(20);
    expect(events).toEqual([]);
  });

  test('are made anew when the program that has one does not show it', () => {
    const { sockets } = recorded(() => ({ fd: 7 }));
    expect(sockets.holdOf(member('web_0'), 4712)).toBeNull();
    expect(holdOf(sockets, 'web_0').fd).toBe(7);
  });
});
