/** Text of any UTF-16 code units at all, lone surrogates included. */

import fc from 'fast-check';

export const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
});
