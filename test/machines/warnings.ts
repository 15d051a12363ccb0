/** XState tells of misuse only by warnings, and only under `--conditions=development`: here they fail the test. */

import { afterEach, beforeEach, expect, vi } from 'vitest';

/** For every test of the file: nothing may be printed as a warning or an error. */
export function failOnWarnings(): void {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => {
    const printed = [...vi.mocked(console.warn).mock.calls, ...vi.mocked(console.error).mock.calls];
    vi.restoreAllMocks();
    expect(printed).toEqual([]);
  });
}
