import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createScreen, type ScreenProcess } from '../../../src/cli/control/terminal-screen.ts';

const escapeCharacter = String.fromCharCode(27);

class FakeStdin extends EventEmitter {
  isRaw = false;
  isFlowing = false;
  setRawMode(raw: boolean): void {
    this.isRaw = raw;
  }
  resume(): void {
    this.isFlowing = true;
  }
  pause(): void {
    this.isFlowing = false;
  }
}

class FakeStdout extends EventEmitter {
  columns = 70;
  rows = 20;
  written = '';
  write(text: string): void {
    this.written += text;
  }
}

/** A command on a terminal; what must be written at once, whatever happens, goes to `last`. */
class FakeHost extends EventEmitter {
  readonly stdin = new FakeStdin();
  readonly stdout = new FakeStdout();
  readonly pid = 4711;
  readonly kills: string[] = [];
  last = '';
  kill(pid: number, signal: string): void {
    this.kills.push(`${pid} ${signal}`);
  }
}

function openScreen() {
  const host = new FakeHost();
  const typed: string[] = [];
  let resized = 0;
  const screen = createScreen(host as unknown as ScreenProcess, (text) => {
    host.last += text;
  }).open({
    onKeys: (keys) => typed.push(keys),
    onResize: () => {
      resized += 1;
    },
  });
  return { host, screen, typed, resized: () => resized };
}

describe('the screen', () => {
  test('is another one while it is open, and the former one afterwards', () => {
    const { host, screen } = openScreen();
    expect(host.stdout.written).toBe(`${escapeCharacter}[?1049h${escapeCharacter}[?25l`);
    expect([host.stdin.isRaw, host.stdin.isFlowing]).toEqual([true, true]);
    screen.close();
    expect(host.last).toBe(`${escapeCharacter}[?25h${escapeCharacter}[?1049l`);
    expect([host.stdin.isRaw, host.stdin.isFlowing]).toEqual([false, false]);
    expect([...host.eventNames(), ...host.stdin.eventNames(), ...host.stdout.eventNames()]).toEqual([]);
  });

  test('draws over what was there, and clears what is left', () => {
    const { host, screen } = openScreen();
    host.stdout.written = '';
    screen.draw(['one', 'two']);
    expect(host.stdout.written).toBe(
      `${escapeCharacter}[Hone${escapeCharacter}[K\r\ntwo${escapeCharacter}[K${escapeCharacter}[J`,
    );
    screen.close();
    host.stdout.written = '';
    screen.draw(['late']);
    expect(host.stdout.written).toBe('');
  });

  test('tells keys and its size', () => {
    const { host, screen, typed, resized } = openScreen();
    host.stdin.emit('data', Buffer.from('q'));
    host.stdout.columns = 90;
    host.stdout.emit('resize');
    expect(typed).toEqual(['q']);
    expect(resized()).toBe(1);
    expect([screen.columns, screen.rows]).toEqual([90, 20]);
    screen.close();
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGQUIT'])('comes back when the command is ended by %s', (signal) => {
    const { host } = openScreen();
    host.emit(signal);
    expect(host.last).toContain(`${escapeCharacter}[?1049l`);
    expect(host.kills).toEqual([`4711 ${signal}`]);
    expect(host.listenerCount(signal)).toBe(0);
  });

  test('comes back when the command ends for another reason', () => {
    const { host } = openScreen();
    host.emit('exit');
    expect(host.last).toContain(`${escapeCharacter}[?1049l`);
  });

  test("is the shell's until the command goes on", () => {
    const { host, screen, resized } = openScreen();
    screen.suspend();
    expect(host.kills).toEqual(['4711 SIGTSTP']);
    expect(host.last).toContain(`${escapeCharacter}[?1049l`);
    host.stdout.written = '';
    host.emit('SIGCONT');
    expect(host.stdout.written).toContain(`${escapeCharacter}[?1049h`);
    expect(resized()).toBe(1);
    screen.close();
  });
});
