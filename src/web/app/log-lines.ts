/** Bytes of a log → lines, of which the last ones are kept. The last line may still be unfinished. Pure. */

export interface LogLines {
  /** Returns the lines that were added or have grown. */
  add(bytes: Uint8Array): readonly LogLine[];
  readonly lines: readonly LogLine[];
}

export interface LogLine {
  /** Counts from 0; a line that grows keeps its number. */
  readonly number: number;
  readonly text: string;
}

/** Characters of one line that are shown. */
const longestLine = 4000;

export function createLogLines(mostLines: number): LogLines {
  const decoder = new TextDecoder();
  let lines: LogLine[] = [];
  let isOpen = false;
  return {
    add: (bytes) => {
      const parts = decoder.decode(bytes, { stream: true }).split('\n');
      const [first = '', ...rest] = parts;
      const changed: LogLine[] = [];
      const last = lines.at(-1);
      if (isOpen && last !== undefined) {
        lines.pop();
        changed.push({ number: last.number, text: (last.text + first).slice(0, longestLine) });
      } else if (first !== '' || rest.length > 0)
        changed.push({ number: (last?.number ?? -1) + 1, text: first.slice(0, longestLine) });
      for (const text of rest)
        changed.push({ number: (changed.at(-1)?.number ?? -1) + 1, text: text.slice(0, longestLine) });
      // What comes behind the last break is a line only when something is in it.
      if (rest.length > 0 && rest.at(-1) === '') changed.pop();
      if (changed.length > 0) isOpen = rest.length === 0 || rest.at(-1) !== '';
      lines = [...lines, ...changed].slice(-mostLines);
      return changed;
    },
    get lines() {
      return lines;
    },
  };
}
