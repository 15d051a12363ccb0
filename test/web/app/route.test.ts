import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRoute, tabs, writeRoute } from '../../../src/web/app/route.ts';

describe('what is looked at', () => {
  test('comes back from the address it was written to, whatever a program is called', () => {
    const route = fc.record({
      process: fc.option(fc.string({ minLength: 1 }), { nil: null }),
      tab: fc.constantFrom(...tabs),
      isOpen: fc.constant(true),
    });
    fc.assert(
      fc.property(route, (one) => {
        expect(readRoute(writeRoute(one))).toEqual(one);
      }),
    );
  });

  test.each(['', '#', '#/', '#/%E0%A4%A', '#//nonsense'])('is something for any address (%s)', (hash) => {
    expect(tabs).toContain(readRoute(hash).tab);
  });

  test('is the table alone when nothing is said', () => {
    expect(readRoute('')).toEqual({ process: null, tab: 'chart', isOpen: false });
    expect(writeRoute({ process: null, tab: 'log', isOpen: false })).toBe('#/');
  });
});
