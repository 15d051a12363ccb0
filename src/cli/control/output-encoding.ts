/** Supervisor warns before it shows a log on a terminal whose encoding is not Unicode; scripts may skip that line. */

import type { ControlContext } from './context.ts';

/** Prints Supervisor's warning if Python would not use a UTF encoding for standard output here. */
export function warnAboutEncoding(context: ControlContext): void {
  const encoding = outputEncoding(context.environment);
  if (encoding.toLowerCase().startsWith('utf')) return;
  context.output.line(
    `Warning: sys.stdout.encoding is set to ${encoding}, so Unicode output may fail. ` +
      'Check your LANG and PYTHONIOENCODING environment settings.',
  );
}

/** What Python takes from the environment: its own variable, else the locale's character set; else UTF-8. */
export function outputEncoding(environment: ControlContext['environment']): string {
  const own = environment.PYTHONIOENCODING?.split(':')[0];
  if (own) return own;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return /\.([^@]+)/.exec(locale)?.[1] ?? 'utf-8';
}
