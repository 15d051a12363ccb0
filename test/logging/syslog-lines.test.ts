import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SyslogLines } from '../../src/logging/syslog-lines.ts';

function collect(): { readonly lines: SyslogLines; readonly sent: string[] } {
  const sent: string[] = [];
  return { lines: new SyslogLines('web', (line) => sent.push(Buffer.from(line).toString())), sent };
}

test('each line is sent with the name of its process, however the output is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 8 }).map((text) => text.replaceAll('\n', ' '))),
      fc.nat(20),
      (texts, size) => {
        const { lines, sent } = collect();
        const output = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        for (let at = 0; at < output.length; at += size + 1) lines.push(output.subarray(at, at + size + 1));
        lines.end();
        expect(sent).toEqual(texts.map((text) => `web ${Buffer.from(text).toString()}`));
      },
    ),
  );
});

test('a last line without an end is sent at the end of the output', () => {
  const { lines, sent } = collect();
  lines.push(Buffer.from('one\ntw'));
  expect(sent).toEqual(['web one']);
  lines.push(Buffer.from('o'));
  lines.end();
  lines.end();
  expect(sent).toEqual(['web one', 'web two']);
});

test('a line without end is cut into pieces', () => {
  const { lines, sent } = collect();
  lines.push(Buffer.alloc(20_000, 'x'));
  lines.end();
  expect(sent.map((line) => line.length)).toEqual([4 + 8192, 4 + 8192, 4 + 20_000 - 2 * 8192]);
});
