/** Colours that programs write: the escape sequences that set them, taken out of the text. Pure. */

export interface Span {
  readonly text: string;
  /** Names of classes, with a space between; '' for plain text. */
  readonly style: string;
}

interface Pen {
  readonly colour: string;
  readonly ground: string;
  readonly weights: ReadonlySet<string>;
}

const plain: Pen = { colour: '', ground: '', weights: new Set() };

export interface AnsiReader {
  /** One line of text, without its end. What is set stays set for the next one. */
  read(line: string): readonly Span[];
}

// Colours, and whatever else begins with an escape and is left out.
const sequences = new RegExp(
  [
    String.raw`\u001b\[([0-9;:]*)m`,
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)`,
    String.raw`\u001b[@-Z\\-_]`,
  ].join('|'),
  'g',
);

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

export function createAnsiReader(): AnsiReader {
  let pen = plain;
  return {
    read: (line) => {
      const spans: Span[] = [];
      let done = 0;
      const add = (text: string): void => {
        const shown = text.replace(unprintable, '');
        if (shown !== '') spans.push({ text: shown, style: styleOf(pen) });
      };
      for (const match of line.matchAll(sequences)) {
        add(line.slice(done, match.index));
        if (match[1] !== undefined) pen = change(pen, match[1]);
        done = match.index + match[0].length;
      }
      add(line.slice(done));
      return spans;
    },
  };
}

/** All control characters but the tab, which has a width of its own. */
const unprintable = /(?!\t)\p{Cc}/gu;

const styleOf = ({ colour, ground, weights }: Pen): string =>
  [colour, ground, ...weights].filter((word) => word !== '').join(' ');

function change(before: Pen, text: string): Pen {
  const codes = text.split(/[;:]/).map(Number);
  let pen = before;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const isIndexed = codes[index + 1] === 5;
      const colour = isIndexed ? indexed(codes[index + 2] ?? 0) : '';
      pen =
        code === 38 ? { ...pen, colour: colour && `ink-${colour}` } : { ...pen, ground: colour && `ground-${colour}` };
      index += isIndexed ? 2 : 4;
    } else pen = changeOne(pen, code);
  }
  return pen;
}

function changeOne(pen: Pen, code: number): Pen {
  if (code === 0) return plain;
  if (code === 1) return { ...pen, weights: new Set([...pen.weights, 'bold']) };
  if (code === 2) return { ...pen, weights: new Set([...pen.weights, 'faint']) };
  if (code === 3) return { ...pen, weights: new Set([...pen.weights, 'slanted']) };
  if (code === 4) return { ...pen, weights: new Set([...pen.weights, 'underlined']) };
  if (code === 22) return { ...pen, weights: without(pen.weights, 'bold', 'faint') };
  if (code === 23) return { ...pen, weights: without(pen.weights, 'slanted') };
  if (code === 24) return { ...pen, weights: without(pen.weights, 'underlined') };
  if (code === 39) return { ...pen, colour: '' };
  if (code === 49) return { ...pen, ground: '' };
  const name = names[code % 10];
  if (name === undefined) return pen;
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...pen, colour: `ink-${name}` };
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return { ...pen, ground: `ground-${name}` };
  return pen;
}

const without = (weights: ReadonlySet<string>, ...gone: readonly string[]): ReadonlySet<string> =>
  new Set([...weights].filter((weight) => !gone.includes(weight)));

/** The first sixteen of 256 colours have names; the others are shown as plain. */
const indexed = (index: number): string => (index < 16 ? (names[index % 8] ?? '') : '');
