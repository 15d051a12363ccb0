import { describe, expect, test } from 'vitest';
import { createMethods } from '../../src/commands/index.ts';
import { renderReference } from '../../src/commands/reference.ts';
import { faultCodes } from '../../src/model/errors.ts';

const methods = createMethods();

describe('the reference page', () => {
  // `npx vitest run test/commands --update` writes it anew.
  test('says what the table says', async () => {
    await expect(renderReference(methods)).toMatchFileSnapshot('../../docs/reference/methods.md');
  });

  test.each([...methods.values()])('$name is documented', (method) => {
    for (const text of [method.doc, method.returns.doc, ...method.params.map((parameter) => parameter.doc)]) {
      expect(text).not.toBe('');
      expect(text).not.toContain('\n');
    }
    for (const fault of method.faults) expect(Object.keys(faultCodes)).toContain(fault);
  });
});
