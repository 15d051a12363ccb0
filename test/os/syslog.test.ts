import { closeSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bindSocket, openDatagramSocket, unixAddress } from '../../src/os/native.ts';
import { createSyslog } from '../../src/os/syslog.ts';

let folder = '';
const open: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statevisor-syslog-'));
});

afterEach(() => {
  for (const close of open.splice(0)) close();
  rmSync(folder, { recursive: true });
});

/** The system's log, as far as it has a name and takes datagrams. */
function listen(path: string): { readonly receive: () => string | null; readonly close: () => void } {
  const fd = openDatagramSocket();
  bindSocket(fd, unixAddress(path));
  const close = (): void => {
    closeSync(fd);
    rmSync(path);
  };
  const buffer = Buffer.alloc(128 * 1024);
  return {
    receive: () => {
      try {
        return buffer.toString('utf8', 0, readSync(fd, buffer));
      } catch {
        return null;
      }
    },
    close,
  };
}

const november = new Date(2026, 10, 2, 7, 5, 9).getTime();

function openSyslog(path: string, now = () => november) {
  const problems: string[] = [];
  const syslog = createSyslog({ path, now, onProblem: (message) => problems.push(message) });
  open.push(() => syslog.close());
  return { send: (text: string) => syslog.send(Buffer.from(text)), problems };
}

test('a line arrives with facility, severity, local time and the name of the daemon', () => {
  const path = join(folder, 'log');
  const system = listen(path);
  const { send, problems } = openSyslog(path);
  send('web grüße');
  expect(system.receive()).toBe('<14>Nov  2 07:05:09 supervisord: web grüße');
  expect(system.receive()).toBeNull();
  expect(problems).toEqual([]);
  system.close();
});

test('lines that nobody takes are dropped, counted, and complained about once', () => {
  const path = join(folder, 'log');
  const { send, problems } = openSyslog(path);
  send('web one');
  send('web two');
  expect(problems).toEqual([`the system log at ${path} takes no lines (ENOENT); they are dropped`]);
  const system = listen(path);
  send('web three');
  expect(system.receive()).toContain('web three');
  expect(problems.slice(1)).toEqual(['the system log takes lines again; 2 lines are lost']);
  system.close();
});

test('a system log that is restarted is found again', () => {
  const path = join(folder, 'log');
  const first = listen(path);
  const { send } = openSyslog(path);
  send('web one');
  expect(first.receive()).toContain('web one');
  first.close();
  const second = listen(path);
  send('web two');
  expect(second.receive()).toContain('web two');
  second.close();
});

test('a system log that does not read makes nobody wait, and is not complained about again and again', () => {
  const path = join(folder, 'log');
  const system = listen(path);
  let now = november;
  const { send, problems } = openSyslog(path, () => now);
  for (let round = 0; round < 3; round += 1) {
    for (let line = 0; line < 2000; line += 1) send(`web ${line}`);
    while (system.receive() !== null);
    send('web after');
  }
  expect(problems).toEqual([
    `the system log at ${path} takes no lines (EAGAIN); they are dropped`,
    expect.stringMatching(/^the system log takes lines again; \d+ lines are lost$/),
  ]);
  now += 60_000;
  for (let line = 0; line < 2000; line += 1) send(`web ${line}`);
  expect(problems).toHaveLength(3);
  system.close();
});

test('a line that is longer than a datagram may be is cut', () => {
  const path = join(folder, 'log');
  const system = listen(path);
  const { send } = openSyslog(path);
  send('x'.repeat(300_000));
  expect(system.receive()?.length).toBe('<14>Nov  2 07:05:09 supervisord: '.length + 64 * 1024);
  system.close();
});
