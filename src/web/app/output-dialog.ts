/** What a program had written when something happened: the bytes of its logs between two records. */

import type { TraceRecord } from '../../model/trace.ts';
import { createAnsiReader } from './ansi.ts';
import { element, fill } from './elements.ts';
import type { Link } from './link.ts';
import { timeOfDay } from './wording.ts';

export interface OutputDialog {
  readonly node: HTMLElement;
  open(record: TraceRecord, records: readonly TraceRecord[]): Promise<void>;
}

interface Output {
  readonly available: boolean;
  readonly bytes?: Uint8Array;
}

/** What came before is shown as well, up to so much, and more quietly. */
const leastBytes = 2048;

export function createOutputDialog(link: Link): OutputDialog {
  const title = element('h2');
  const content = element('div', { class: 'output-content' });
  const node = element(
    'dialog',
    { class: 'output', 'aria-label': 'Output' },
    element('form', { method: 'dialog' }, title, content, element('button', { type: 'submit' }, 'Close')),
  );

  async function read(
    record: TraceRecord,
    from: TraceRecord | undefined,
    channel: 'stdout' | 'stderr',
  ): Promise<HTMLElement> {
    const end = record.written?.[channel] ?? 0;
    const start = Math.max(0, Math.min(from?.written?.[channel] ?? 0, end - leastBytes));
    const heading = element('h3', {}, channel);
    if (end === start) return element('section', {}, heading, element('p', { class: 'quiet' }, 'Nothing was written.'));
    try {
      const output = (await link.call('trace.output', record.of, channel, start, end)) as Output;
      if (!output.available || output.bytes === undefined) {
        return element('section', {}, heading, element('p', { class: 'quiet' }, 'The log does not hold it any more.'));
      }
      const ansi = createAnsiReader();
      const linesOf = (bytes: Uint8Array, name: string): readonly HTMLElement[] =>
        splitLines(bytes).map((line) =>
          element(
            'div',
            { class: name },
            ...ansi.read(line).map(({ text, style }) => element('span', { class: style }, text)),
          ),
        );
      const known = Math.max(0, (from?.written?.[channel] ?? 0) - start);
      const shown = [
        ...linesOf(output.bytes.subarray(0, known), 'log-line earlier'),
        ...linesOf(output.bytes.subarray(known), 'log-line'),
      ];
      if (known >= output.bytes.length) heading.append(': nothing since the record before');
      return element('section', {}, heading, element('div', { class: 'log-lines', tabindex: 0 }, ...shown));
    } catch (error) {
      return element(
        'section',
        {},
        heading,
        element('p', { class: 'quiet' }, error instanceof Error ? error.message : String(error)),
      );
    }
  }

  return {
    node,
    open: async (record, records) => {
      title.textContent = `${record.of} until ${timeOfDay(record.at)}`;
      fill(content, element('p', { class: 'quiet' }, 'Reading…'));
      node.showModal();
      const before = records.findLast(
        (other) => other.of === record.of && other.serial < record.serial && other.written !== null,
      );
      fill(content, await read(record, before, 'stdout'), await read(record, before, 'stderr'));
      for (const lines of content.querySelectorAll('.log-lines')) lines.scrollTop = lines.scrollHeight;
    },
  };
}

const splitLines = (bytes: Uint8Array): readonly string[] =>
  bytes.length === 0 ? [] : new TextDecoder().decode(bytes).replace(/\n$/, '').split('\n');
