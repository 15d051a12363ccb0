/** The explanation of the process that was chosen, asked for anew as time goes by. */

import { displayName } from '../../../model/process-name.ts';
import type { ControlContext } from '../context.ts';
import { formatExplanation, parseExplanation } from '../explanation.ts';
import { plain } from '../paint.ts';
import type { TopRow } from './rows.ts';

/** Evidence is read from files by the server: not for every picture. */
const refreshMs = 2000;

export interface ExplainedRow {
  /** What is known of it by now. */
  of(row: Pick<TopRow, 'group' | 'name'>): readonly string[];
}

/** @param onNews more is known than before. */
export function createExplainedRow({ server }: Pick<ControlContext, 'server'>, onNews: () => void): ExplainedRow {
  let asked = { key: '', at: Number.NEGATIVE_INFINITY };
  let lines: readonly string[] = [];
  const ask = async (key: string): Promise<void> => {
    let answer: readonly string[];
    try {
      answer = formatExplanation(parseExplanation(await server.call('trace.why', key)), plain);
    } catch (error) {
      answer = [`no explanation: ${error instanceof Error ? error.message : String(error)}`];
    }
    if (asked.key !== key) return;
    lines = answer;
    onNews();
  };
  return {
    of: ({ group, name }) => {
      const key = `${group}:${name}`;
      const now = performance.now();
      if (asked.key !== key) lines = [`${displayName(group, name)} …`];
      if (asked.key !== key || now - asked.at >= refreshMs) {
        asked = { key, at: now };
        void ask(key);
      }
      return lines;
    },
  };
}
