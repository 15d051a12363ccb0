import { describe, expect, test } from 'vitest';
import { addSamples } from './compare.ts';
import { bareNode, type Samples } from './figures.ts';
import { columnNames, markdownTable, plainTable, reportRows, shown } from './report.ts';

const names = ['statevisor', 'supervisor', 'limit'];

const samples: Samples = {
  'kill-p50': { statevisor: [2, 9, 1], supervisor: [1000], limit: [0.6, 0.4] },
  'kill-p95': { statevisor: [1, 11], supervisor: [1000], limit: [1] },
  'boot-1000': { statevisor: [1000], supervisor: [5000], limit: [500] },
  'boot-3000': { statevisor: [9000], limit: [1500] },
  'all-xml': { statevisor: [3] },
};

const row = (id: string) => reportRows(samples, names).find((each) => each.id === id);

describe('rows', () => {
  test('a value is the median of all that were measured, where nothing else is said', () => {
    expect([...(row('kill-p50')?.values ?? [])]).toEqual([
      ['statevisor', 2],
      ['supervisor', 1000],
      ['limit', 0.5],
    ]);
  });

  test('a figure may be another quantile', () => {
    expect(row('kill-p95')?.values.get('statevisor')).toBeCloseTo(10.5, 10);
  });

  test('each target is met or missed by itself', () => {
    expect(row('boot-1000')?.verdicts).toEqual([
      { target: '≤ 2 × limit', ratio: 2, met: true },
      { target: '≤ 0.3 × supervisor', ratio: 0.2, met: true },
    ]);
    expect(row('boot-3000')?.verdicts).toEqual([{ target: '≤ 2.5 × limit', ratio: 6, met: false }]);
  });

  test('a target is left open when nobody it names was measured', () => {
    expect(row('all-xml')?.verdicts).toEqual([{ target: '≤ 8 × limit', ratio: undefined, met: undefined }]);
  });

  test('growth follows from the two boots of those who have both', () => {
    const exponents = row('boot-exponent');
    expect([...(exponents?.values ?? [])].map(([name, value]) => [name, value.toFixed(2)])).toEqual([
      ['statevisor', '2.00'],
      ['limit', '1.00'],
    ]);
    expect(exponents?.verdicts[0]?.met).toBe(false);
  });

  test('what was not measured has no row', () => {
    expect(row('storm')).toBeUndefined();
  });
});

describe('samples', () => {
  test('values of a further round come behind the earlier ones', () => {
    const once = addSamples({}, 'limit', { storm: [1, 2] });
    expect(addSamples(once, 'limit', { storm: [3] })).toEqual({ storm: { limit: [1, 2, 3] } });
    expect(once).toEqual({ storm: { limit: [1, 2] } });
  });

  test('columns are this product first, then those measured, then Node', () => {
    const measured: Samples = { storm: { limit: [1], statevisor: [1] }, 'boot-1': { [bareNode]: [1] } };
    expect(columnNames(measured, ['supervisor', 'limit'])).toEqual(['statevisor', 'limit', bareNode]);
  });
});

describe('tables', () => {
  test.each([
    [undefined, '–'],
    [0, '0'],
    [0.00123456, '0.0012'],
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [12345.6, '12,346'],
  ])('%s is shown as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  test('the documentation gets a line for each figure, with ratios and verdicts', () => {
    const lines = markdownTable(reportRows(samples, names), names).split('\n');
    expect(lines[0]).toBe('| what | unit | statevisor | supervisor | limit | × Supervisor | × limit | target |');
    expect(lines[2]).toBe(
      '| kill -9 of a program until its successor runs, p50 | ms | 2 | 1,000 | 0.5 | 0.002 | 4 | ≤ 4 × limit: met, 4 |',
    );
  });

  test('a terminal gets columns under one another', () => {
    const [head = '', first = ''] = plainTable(reportRows(samples, names), names).split('\n');
    expect(head.indexOf('unit')).toBe(first.indexOf('ms '));
  });
});
