import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderDocuments } from '../../src/charts/document.ts';
import { layOutAll } from '../../src/charts/lay-out-all.ts';
import { inRepository } from '../helpers/sandbox.ts';

const documents = renderDocuments((await layOutAll()).charts);

describe('the documents about the machines', () => {
  // `npx vitest run test/charts --update` writes them anew.
  test.each([...documents])('say in %s what the machines say', async (name, text) => {
    await expect(text).toMatchFileSnapshot(`../../docs/machines/${name}`);
  });

  test('are all there is in their folder', () => {
    expect(readdirSync(inRepository('docs/machines')).sort()).toEqual([...documents.keys()].sort());
  });

  test('link to files that exist', () => {
    for (const [name, text] of documents) {
      for (const [, target = ''] of name.endsWith('.md') ? text.matchAll(/\]\(([^)#]+)/g) : [])
        expect([target, existsSync(inRepository(`docs/machines/${target}`))]).toEqual([target, true]);
    }
  });

  test('are those that the build has laid out', () => {
    const built = JSON.parse(readFileSync(inRepository('dist/charts.json'), 'utf8'));
    expect(renderDocuments(built.charts)).toEqual(documents);
  });
});
