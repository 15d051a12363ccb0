import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/adoption/fingerprint.ts';
import type { FcgiSocketSpec, ProcessSpec } from '../../src/model/program-spec.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

const socket: FcgiSocketSpec = { url: 'unix:///run/web.sock', backlog: null, owner: null, mode: null };
const user = { name: 'www', uid: 33, gid: 33 };
const plain = sampleProcess();
const full = sampleProcess({
  directory: '/srv',
  environment: { A: '1', B: '2' },
  user,
  umask: 0o22,
  serverUrl: 'http://x',
  socket,
});

describe('the fingerprint of a program', () => {
  test('is the same for ever', () => {
    expect(fingerprintOf(plain)).toBe('14fad9a629aeb7e788495a24dfa2d9f3');
    expect(fingerprintOf(full)).toBe('b7071ab9f0ea1be916569f64bac71fe5');
  });

  test.each<[string, Partial<ProcessSpec>]>([
    ['kind', { kind: 'fcgi-program' }],
    ['command', { command: '/bin/web -v' }],
    ['directory', { directory: '/' }],
    ['a variable', { environment: { A: '1', B: '3' } }],
    ['one variable more', { environment: { A: '1', B: '2', C: '' } }],
    ['the place where one variable ends', { environment: { A: '1,B=2' } }],
    ['user', { user: { ...user, uid: 34 } }],
    ['group of the user', { user: { ...user, gid: 34 } }],
    ['no user', { user: null }],
    ['umask', { umask: 0 }],
    ['no umask', { umask: null }],
    ['redirect_stderr', { redirectStderr: true }],
    ['serverurl', { serverUrl: 'http://y' }],
    ['socket', { socket: { ...socket, url: 'unix:///run/other.sock' } }],
  ])('changes with: %s', (_, values) => {
    expect(fingerprintOf({ ...full, ...values })).not.toBe(fingerprintOf(full));
  });

  test.each<[string, Partial<ProcessSpec>]>([
    ['priority', { priority: 1 }],
    ['autostart', { autostart: false }],
    ['autorestart', { autorestart: 'never' }],
    ['startsecs and startretries', { startMs: 5, startRetries: 7 }],
    ['exitcodes', { exitCodes: [1, 2] }],
    [
      'the way it is stopped',
      { stopSignal: { name: 'SIGINT', number: 2 }, stopWaitMs: 1, stopAsGroup: true, killAsGroup: true },
    ],
    [
      'logs',
      { stdout: { ...plain.stdout, maxBytes: 5, captureMaxBytes: 5 }, stderr: { ...plain.stderr, syslog: true } },
    ],
    ['place in the file', { source: { file: 'other.conf', line: 99 }, section: 'program:other' }],
    ['the order of variables', { environment: { B: '2', A: '1' } }],
    ['the name of the user', { user: { ...user, name: 'web' } }],
    ['owner and mode of the socket', { socket: { ...socket, backlog: 5, mode: 0o700 } }],
  ])('does not change with: %s', (_, values) => {
    expect(fingerprintOf({ ...full, ...values })).toBe(fingerprintOf(full));
  });

  test('does not depend on the order of properties, nor on ones that are not known yet', () => {
    const entries = Object.entries(full);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), fc.anything(), (shuffled, future) => {
        const spec = { ...(Object.fromEntries(shuffled) as unknown as ProcessSpec), future };
        expect(fingerprintOf(spec)).toBe(fingerprintOf(full));
      }),
    );
  });

  test('is another one for every other environment', () => {
    const environment = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(environment, environment, (one, other) => {
        const keys = Object.keys(one);
        const isSame = keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
        const [first, second] = [one, other].map((each) => fingerprintOf({ ...plain, environment: each }));
        expect(first === second).toBe(isSame);
      }),
    );
  });
});
