import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PooledEvent, renderEvent } from '../../src/model/event-record.ts';

const event = (payload: string): PooledEvent => ({
  type: 'PROCESS_STATE_STARTING',
  serial: 9,
  poolSerial: 3,
  server: 'supid',
  payload,
});

const text = (...args: Parameters<typeof renderEvent>): string => new TextDecoder().decode(renderEvent(...args));

test('an event is a header line and, right behind it, its body', () => {
  const payload = 'processname:all groupname:all from_state:STOPPED tries:0';
  expect(text(event(payload), 'all', 'characters')).toBe(
    `ver:3.0 server:supid serial:9 pool:all poolserial:3 eventname:PROCESS_STATE_STARTING len:56\n${payload}`,
  );
  expect(text(event(''), 'all', 'characters')).toMatch(/ len:0\n$/);
});

test('the length counts characters as Supervisor, or bytes if the pool says so', () => {
  expect(text(event('grüße 🐈'), 'all', 'characters')).toContain(' len:7\n');
  expect(text(event('grüße 🐈'), 'all', 'bytes')).toContain(' len:12\n');
});

test('the length is that of what is written, whatever the body', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (payload) => {
      const body = (rendered: Uint8Array): Uint8Array => rendered.subarray(rendered.indexOf(0x0a) + 1);
      const length = (rendered: Uint8Array): number =>
        Number(/len:(\d+)$/m.exec(new TextDecoder().decode(rendered))?.[1]);
      const inBytes = renderEvent(event(payload), 'all', 'bytes');
      expect(length(inBytes)).toBe(body(inBytes).length);
      const inCharacters = renderEvent(event(payload), 'all', 'characters');
      expect(length(inCharacters)).toBe(
        [...new TextDecoder('utf-8', { ignoreBOM: true }).decode(body(inCharacters))].length,
      );
    }),
  );
});

test('half a surrogate pair is one character in both worlds', () => {
  expect(text(event('a\ud83d'), 'all', 'characters')).toMatch(/ len:2\na\ufffd$/);
  expect(text(event('a\ud83d'), 'all', 'bytes')).toMatch(/ len:4\na\ufffd$/);
});
