import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // XState prints its warnings only under this condition.
    execArgv: ['--conditions=development'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
