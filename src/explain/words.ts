/** Words that all explanations are made of. */

import { formatDuration } from '../model/duration.ts';
import type { ExplainedProcess } from './facts.ts';

export const duration = formatDuration;

/** `3 min ago`. */
export const ago = ({ now }: Pick<ExplainedProcess, 'now'>, at: number): string => `${duration(now - at)} ago`;

/** Parts of one sentence; empty ones are left out. */
export const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('; ');

/** `once`, `2 times`. */
export const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
