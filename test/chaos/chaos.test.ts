/**
 * A short episode of chaos by chance. `CHAOS_SEED` repeats the steps of another one, `CHAOS_SECONDS` makes it longer; the
 * long run is `npm run chaos`.
 */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runEpisode } from './episode.ts';

const seconds = Number(process.env.CHAOS_SECONDS ?? 6);
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 32));
/** Of the story of an episode that found something. */
const shownCharacters = 20_000;

test('whatever is done to the daemon: no program runs twice or is missing, no line is lost, nothing is left (needs bash)', {
  timeout: seconds * 2000 + 300_000,
  skip: !existsSync('/bin/bash'),
}, async () => {
  console.log(`CHAOS_SEED=${seed} CHAOS_SECONDS=${seconds} npx vitest run test/chaos`);
  const { violations, story } = await runEpisode(seed, seconds);
  expect(violations, story.slice(-shownCharacters)).toEqual([]);
});
