/** Asks the code of the original Supervisor, in a Python process that answers one line with another. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type PythonAnswer =
  | { readonly kind: 'answer'; readonly answer: unknown }
  /** `type` is the name of the exception. */
  | { readonly kind: 'refused'; readonly type: string; readonly text: string };

export interface PythonOracle {
  ask(question: { readonly ask: string; readonly [detail: string]: unknown }): Promise<PythonAnswer>;
  close(): Promise<void>;
}

/** Which characters are printed as they are differs between versions of Unicode. */
export const withoutExotic = (text: string): string => text.replace(/\\[xuU][0-9a-f]+|[^ -~\s]/gu, '?');

const interpreter = '/usr/bin/python3';
const original = '/usr/lib/python3/dist-packages/supervisor/options.py';

/** null where Supervisor is not installed. */
export function startPython(): PythonOracle | null {
  if (!existsSync(interpreter) || !existsSync(original)) return null;
  const child = spawn(interpreter, [join('test', 'fuzz', 'oracle.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      for (const { reject } of waiting.splice(0)) reject(new Error('Python has ended'));
      resolve();
    });
  });
  return {
    ask: async (question) => {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(question)}\n`);
      });
      return JSON.parse(line) as PythonAnswer;
    },
    close: () => {
      child.stdin.end();
      return ended;
    },
  };
}
