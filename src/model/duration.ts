/** Durations as people say them: short, and no more exact than they matter. */

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
] as const;

const msPerSecond = 1000;

/** From here on tenths of a second do not matter any more. */
const fineMs = 10_000;

/** `0.2 s`, `9.8 s`, `42 s`, `3 min`, `2 h 5 min`, `4 d 7 h`. A negative duration counts as none. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < fineMs - 50) return `${(ms / msPerSecond).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.max(fineMs / msPerSecond, Math.floor(ms / msPerSecond))} s`;
  const index = units.findIndex((unit) => ms >= unit.ms);
  const [large, small] = [units[index], units[index + 1]];
  if (large === undefined) return `${Math.floor(ms / msPerSecond)} s`;
  const count = Math.floor(ms / large.ms);
  const rest = small === undefined ? 0 : Math.floor((ms % large.ms) / small.ms);
  return rest === 0 || small === undefined ? `${count} ${large.name}` : `${count} ${large.name} ${rest} ${small.name}`;
}

/** A configured number of seconds, which is given in milliseconds: `10`, `0.5`. */
export const formatSeconds = (durationMs: number): string => String(durationMs / msPerSecond);
