/** Lengths of a chart's parts in pixels. Who draws a chart keeps to them, or its texts will not fit their places. */

/** Of labels and of the lines in a state, in a font with characters of equal width. */
export const textSize = 11;
export const lineHeight = 15;
const characterWidth = 0.62 * textSize;

/** Of the names of states. */
export const nameSize = 13;
export const nameHeight = 28;
const capitalWidth = 0.76 * nameSize;
const smallWidth = 0.6 * nameSize;

/** Between the border of a state and what is written in it. */
export const inset = 10;
/** Room beside a state's name for the ring of a timer. */
export const ringWidth = 24;

export const textWidth = (text: string): number => Math.ceil(text.length * characterWidth);

export const nameWidth = (name: string): number =>
  Math.ceil([...name].reduce((sum, character) => sum + (/[A-Z]/.test(character) ? capitalWidth : smallWidth), 0));

/** Height of what is written in a state: its name and the lines below. */
export const headHeight = (lines: readonly string[]): number =>
  nameHeight + (lines.length === 0 ? 0 : lines.length * lineHeight + inset / 2);
