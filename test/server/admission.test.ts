import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../src/server/admission.ts';
import { recordingLog } from './serve.ts';

const noneIdle = (): boolean => false;

const manyFiles = { limit: 1_000_000, spare: 900_000 };

describe('connections', () => {
  it('are welcome up to their number', () => {
    const lines: string[] = [];
    const admission = createAdmission(2, recordingLog(lines), () => manyFiles);
    expect([0, 1, 2, 3].map((open) => admission.refusal(open, noneIdle))).toEqual([
      null,
      null,
      'too many connections are open',
      'too many connections are open',
    ]);
    expect(lines).toEqual(['WARN refusing connections: 2 are open, which is the limit']);
  });

  it('take no more than a quarter of all descriptors', () => {
    const admission = createAdmission(256, recordingLog([]), () => ({ limit: 64, spare: 40 }));
    expect(admission.refusal(15, noneIdle)).toBeNull();
    expect(admission.refusal(16, noneIdle)).toBe('too many connections are open');
  });

  it('leave some descriptors to the daemon itself', () => {
    const lines: string[] = [];
    let spare = 8;
    const admission = createAdmission(256, recordingLog(lines), () => ({ limit: 64, spare }));
    expect(admission.refusal(0, noneIdle)).toBeNull();
    spare = 7;
    expect(admission.refusal(0, noneIdle)).toBe('too many files are open');
    expect(lines).toEqual(['WARN refusing connections: almost all of the 64 files are open that the limit allows']);
  });

  it('that come and go at the limit are not reported again and again', () => {
    const lines: string[] = [];
    const admission = createAdmission(8, recordingLog(lines), () => manyFiles);
    for (let round = 0; round < 5; round += 1) {
      admission.refusal(8, noneIdle);
      admission.ended(7);
    }
    expect(lines).toHaveLength(1);
    admission.ended(6);
    admission.refusal(8, noneIdle);
    expect(lines).toHaveLength(2);
  });

  it('that are idle make room for others, and that is reported once', () => {
    const lines: string[] = [];
    const admission = createAdmission(2, recordingLog(lines), () => manyFiles);
    let idle = 3;
    const endIdle = (): boolean => {
      idle -= 1;
      return idle >= 0;
    };
    expect([2, 3, 4, 5].map((open) => admission.refusal(open, endIdle))).toEqual([
      null,
      null,
      null,
      'too many connections are open',
    ]);
    expect(lines).toEqual([
      'WARN closing idle connections: 2 are open, which is the limit',
      'WARN refusing connections: 5 are open, which is the limit',
    ]);
    idle = 100;
    expect(admission.refusal(34, endIdle)).toBe('too many connections are open');
  });
});
