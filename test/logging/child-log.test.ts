import { expect, test } from 'vitest';
import { outputMessage } from '../../src/logging/child-log.ts';

test.each([
  ['web', Buffer.from('text\n'), "'web' stdout output:\ntext\n"],
  ["it's", Buffer.from('höher'), '"it\'s" stdout output:\nhöher'],
  ['web', Buffer.from('\ufeffmark'), "'web' stdout output:\n\ufeffmark"],
  ['web', Buffer.from([0x61, 0xff, 0x0a]), "'web' stdout output:\nUndecodable: b'a\\xff\\n'"],
])('the copy in the log of the daemon for %s with %o', (process, bytes, message) => {
  expect(outputMessage(process, 'stdout', bytes)).toBe(message);
});
