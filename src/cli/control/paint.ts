/** Colours for people at a terminal; without one, or where they are not wanted, text stays as it is. */

import type { ProcessState } from '../../model/process-state.ts';
import type { ControlContext } from './context.ts';

/** Puts a text into the colour of a state, or of something less important. */
export interface Paint {
  state(state: string, text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

const escapeCharacter = String.fromCharCode(27);
const styled = (style: string, text: string): string => `${escapeCharacter}[${style}m${text}${escapeCharacter}[0m`;

const green = '32';
const yellow = '33';
const boldRed = '1;31';
const faint = '2';
const bold = '1';

const stateStyles: Readonly<Record<ProcessState, string>> = {
  RUNNING: green,
  STARTING: yellow,
  STOPPING: yellow,
  BACKOFF: boldRed,
  FATAL: boldRed,
  UNKNOWN: boldRed,
  // Which status is expected is not told everywhere: it is no alarm.
  EXITED: yellow,
  STOPPED: faint,
};

export const plain: Paint = { state: (_, text) => text, faint: (text) => text, strong: (text) => text };

const colourful: Paint = {
  state: (state, text) => {
    const style = new Map<string, string>(Object.entries(stateStyles)).get(state);
    return style === undefined ? text : styled(style, text);
  },
  faint: (text) => styled(faint, text),
  strong: (text) => styled(bold, text),
};

/** By the terminal, by NO_COLOR (https://no-color.org) and by TERM. */
export const paintFor = ({ output, environment }: Pick<ControlContext, 'output' | 'environment'>): Paint =>
  output.isTerminal && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb' ? colourful : plain;
