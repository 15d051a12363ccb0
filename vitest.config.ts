import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // XState prints its warnings only under this condition.
    execArgv: ['--conditions=development'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Black-box tests mostly wait for real programs: several files at once, and several tests of one.
    maxWorkers: '100%',
    maxConcurrency: 8,
  },
});
