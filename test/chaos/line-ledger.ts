/**
 * Holds what programs say they have written against what is in their logs: every line once and in order. Pure. A program
 * that is killed between writing a line and counting it has written one more than it says.
 */

/** How strict the ledger is with one log. */
export interface LedgerRules {
  /** Somebody has cleared the log: lines may be missing from it, and may be cut where that happened. */
  readonly mayHaveGaps: boolean;
  /** Whether the last lines of this writer may be missing. */
  readonly mayLackEnd: (writer: string) => boolean;
}

const linePattern = /^([\w.-]+\.(?:out|err)) (\d+) [^\n]*$/;
/** What the shell of a writer says when a signal that ends it comes while it waits for a full pipe. */
const shellNoise = /: printf: write error: Interrupted system call$/;
const maxFindings = 20;

/**
 * What is wrong with a log, at most the first twenty findings.
 *
 * @param text - The whole log, rotated parts first.
 * @param written - Lines that each writer has counted. A writer is one channel of one run of a program.
 */
export function compareWithCounts(
  text: string,
  written: ReadonlyMap<string, number>,
  rules: LedgerRules,
): readonly string[] {
  const findings: string[] = [];
  const last = new Map<string, number>();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    const [, writer, digits] = linePattern.exec(line) ?? [];
    if (writer === undefined) {
      if (!rules.mayHaveGaps && !shellNoise.test(line))
        findings.push(`line ${index + 1} is no line of a writer: ${JSON.stringify(line.slice(0, 200))}`);
      continue;
    }
    const [number, before] = [Number(digits), last.get(writer) ?? 0];
    last.set(writer, Math.max(number, before));
    if (number <= before)
      findings.push(`${writer}: line ${number} stands behind line ${before} (line ${index + 1} of the log)`);
    else if (number > before + 1 && !rules.mayHaveGaps) {
      findings.push(`${writer}: lines ${before + 1} to ${number - 1} are missing (line ${index + 1} of the log)`);
    }
  }
  for (const [writer, count] of written) {
    const logged = last.get(writer) ?? 0;
    if (logged > count + 1) findings.push(`${writer}: has ${logged} lines in the log, but wrote ${count}`);
    if (logged < count && !rules.mayHaveGaps && !rules.mayLackEnd(writer)) {
      findings.push(`${writer}: lines ${logged + 1} to ${count} are missing at the end`);
    }
  }
  for (const writer of last.keys()) if (!written.has(writer)) findings.push(`${writer} is in the log, but never ran`);
  return findings.slice(0, maxFindings);
}
