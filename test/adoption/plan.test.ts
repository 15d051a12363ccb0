import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/adoption/fingerprint.ts';
import {
  type AdoptionFacts,
  type Decision,
  planAdoption,
  programAmong,
  settleSearch,
} from '../../src/adoption/plan.ts';
import type { SlotRecord } from '../../src/journal/read-journal.ts';
import { resumableStates } from '../../src/model/listener-protocol.ts';
import type { ProcessRecord } from '../../src/model/process-record.ts';
import { processStates } from '../../src/model/process-state.ts';
import { sampleGroup, sampleProcess } from '../helpers/spec-samples.ts';
import { sampleHeader, sampleRecord } from '../journal/sample-journals.ts';

const web = sampleProcess({ groupName: 'web' });
const listener = sampleProcess({ name: 'ear', groupName: 'ear', kind: 'eventlistener' });
const groups = [sampleGroup('web', [web]), sampleGroup('ear', [listener], { kind: 'eventlistener' })];

const ear = { group: 'ear', name: 'ear', fingerprint: fingerprintOf(listener) };

const living = new Map([[815, { startTicks: 2345678, isOurs: true }]]);

const entryOf = (values: Partial<ProcessRecord> = {}): SlotRecord => ({
  slot: 3,
  record: sampleRecord({ fingerprint: fingerprintOf(web), ...values }),
});

const factsOf = (values: Partial<AdoptionFacts> = {}): AdoptionFacts => ({
  header: sampleHeader,
  records: [entryOf()],
  bootId: sampleHeader.bootId,
  ownPid: 99,
  living,
  groups,
  adopts: true,
  ...values,
});

/** What is decided on the one record. */
function decided(values: Partial<AdoptionFacts> = {}): Decision {
  const plan = planAdoption(factsOf(values));
  if (plan.kind !== 'planned') throw new Error(JSON.stringify(plan));
  const [decision] = plan.decisions;
  if (decision === undefined || plan.decisions.length !== 1) throw new Error('not one decision');
  return decision;
}

const ofRecord = (values: Partial<ProcessRecord>, others: Partial<AdoptionFacts> = {}): Decision =>
  decided({ ...others, records: [entryOf(values)] });

describe('a program that lives', () => {
  test.each(['STARTING', 'RUNNING', 'STOPPING', 'UNKNOWN'] as const)('and was %s is gone on with', (state) => {
    expect(ofRecord({ state })).toEqual({ ...entryOf({ state }), kind: 'adopt', spec: groups[0]?.processes[0] });
  });

  test('is ended when it would be started otherwise today', () => {
    expect(ofRecord({ fingerprint: 'other' })).toMatchObject({ kind: 'end', reason: 'changed' });
  });

  test('is ended when nothing in the configuration speaks of it', () => {
    expect(decided({ groups: [] })).toMatchObject({ kind: 'end', reason: 'not-configured' });
    expect(ofRecord({ name: 'other' })).toMatchObject({ kind: 'end', reason: 'not-configured' });
    expect(ofRecord({ group: 'ear', name: 'web' })).toMatchObject({ kind: 'end', reason: 'not-configured' });
  });

  test.each(resumableStates)('and listens to events, and was %s with that, is gone on with', (state) => {
    expect(ofRecord({ ...ear, listener: state })).toMatchObject({ kind: 'adopt', spec: { name: 'ear' } });
  });

  test('is ended when it listens to events, and it is not certain where it stands', () => {
    expect(ofRecord({ ...ear, listener: null })).toMatchObject({ kind: 'end', reason: 'listener' });
  });

  test('is ended when the operator wants that', () => {
    expect(decided({ adopts: false })).toMatchObject({ kind: 'end', reason: 'declined' });
  });

  test('is ended when its daemon was about to do so', () => {
    expect(decided({ header: { ...sampleHeader, ending: true } })).toMatchObject({ kind: 'end', reason: 'ending' });
  });
});

describe('a program that has ended meanwhile', () => {
  test.each<[string, Partial<AdoptionFacts>]>([
    ['nobody has its pid', { living: new Map() }],
    ['somebody else has its pid', { living: new Map([[815, { startTicks: 2345679, isOurs: true }]]) }],
  ])('goes on from there: %s', (_, facts) => {
    expect(decided(facts)).toMatchObject({ kind: 'dead', spec: { name: 'web' } });
  });

  test.each<[string, string, Partial<AdoptionFacts>]>([
    ['is not configured', 'not-configured', { groups: [] }],
    ['is configured otherwise', 'changed', { groups: [sampleGroup('web', [{ name: 'web', command: '/bin/other' }])] }],
    ['was to be ended anyway', 'ending', { header: { ...sampleHeader, ending: true } }],
    ['is not wanted', 'declined', { adopts: false }],
  ])('is forgotten when it %s', (_, reason, facts) => {
    expect(decided({ ...facts, living: new Map() })).toMatchObject({ kind: 'forget', reason });
  });
});

describe('a process without a child', () => {
  test.each(['STOPPED', 'BACKOFF', 'EXITED', 'FATAL', 'UNKNOWN'] as const)('goes on in %s', (state) => {
    expect(ofRecord({ state, pid: 0, startTicks: 0 })).toMatchObject({ kind: 'rest', spec: { name: 'web' } });
  });

  test('starts anew when its configuration has changed', () => {
    expect(ofRecord({ state: 'FATAL', pid: 0, fingerprint: 'other' })).toMatchObject({
      kind: 'forget',
      reason: 'changed',
    });
  });

  test('is not mistaken for pid 0', () => {
    const everybody = new Map([[0, { startTicks: 0, isOurs: true }]]);
    expect(ofRecord({ state: 'STOPPED', pid: 0, startTicks: 0 }, { living: everybody })).toMatchObject({
      kind: 'rest',
    });
  });
});

describe('a process that was just being spawned', () => {
  const spawning = { state: 'STARTING', pid: 0, startTicks: 0 } as const;

  test('is searched for', () => {
    const decision = ofRecord(spawning);
    if (decision.kind !== 'search') throw new Error(decision.kind);
    expect(settleSearch(decision, { pid: 55, startTicks: 66 })).toEqual({
      ...entryOf({ ...spawning, pid: 55, startTicks: 66 }),
      kind: 'adopt',
      spec: groups[0]?.processes[0],
    });
    expect(settleSearch(decision, null)).toMatchObject({ record: spawning, kind: 'dead' });
  });

  test('is searched for also when it is to be ended', () => {
    const decision = ofRecord(spawning, { groups: [] });
    if (decision.kind !== 'search') throw new Error(decision.kind);
    const found = settleSearch(decision, { pid: 55, startTicks: 66 });
    expect(found).toMatchObject({ record: { pid: 55 }, kind: 'end', reason: 'not-configured' });
    expect(settleSearch(decision, null)).toMatchObject({ kind: 'forget', reason: 'not-configured' });
  });
});

describe('the program among those who hold its pipes', () => {
  const holder = (pid: number, startTicks: number, values: { groupId?: number; parentPid?: number } = {}) => ({
    pid,
    startTicks,
    groupId: pid,
    parentPid: 1,
    ...values,
  });
  const left = holder(50, 900);
  const program = holder(60, 1000);
  const job = holder(61, 1000, { parentPid: 60 });
  const member = holder(62, 1000, { groupId: 60 });
  const daemon = holder(63, 1001);

  test.each([
    ['alone', [program]],
    ['beside what it has started', [program, job, member, daemon]],
    ['beside what the attempt before has left', [left, program]],
    ['beside both', [left, program, job, member, daemon]],
  ])('is found %s', (_, holders) => {
    expect(programAmong(holders, 1000)).toBe(program);
    expect(programAmong(holders, 999)).toBe(program);
  });

  test('is the youngest where it is not known when the attempt began', () => {
    expect(programAmong([left, program, job], 0)).toBe(program);
  });

  test('is none of those that were left before', () => {
    expect(programAmong([left], 1000)).toBe(null);
  });

  test('is nobody who belongs to another one of them', () => {
    expect(programAmong([member], 0)).toBe(null);
    expect(programAmong([], 1000)).toBe(null);
  });
});

describe('a plan', () => {
  test('forgets everything after a new start of the system', () => {
    const daemon = { pid: 815, startTicks: 2345678 };
    expect(decided({ bootId: 'other' })).toEqual({ ...entryOf(), kind: 'forget', reason: 'other-boot' });
    expect(decided({ bootId: 'other', header: { ...sampleHeader, daemon } })).toMatchObject({ kind: 'forget' });
  });

  test('is refused while the other daemon lives', () => {
    const both = new Map([...living, [4711, { startTicks: 1234567, isOurs: true }]]);
    expect(planAdoption(factsOf({ living: both }))).toEqual({ kind: 'daemon-lives', pid: 4711 });
    expect(planAdoption(factsOf({ living: both, records: [] }))).toEqual({ kind: 'daemon-lives', pid: 4711 });
  });

  test('is not refused by somebody else with the pid of the daemon, nor by this daemon itself', () => {
    const reused = new Map([...living, [4711, { startTicks: 5, isOurs: true }]]);
    expect(decided({ living: reused })).toMatchObject({ kind: 'adopt' });
    const itself = new Map([...living, [4711, { startTicks: 1234567, isOurs: true }]]);
    expect(decided({ living: itself, ownPid: 4711 })).toMatchObject({ kind: 'adopt' });
  });

  test('is refused where a program must be ended that we may not signal', () => {
    const theirs = new Map([[815, { startTicks: 2345678, isOurs: false }]]);
    expect(planAdoption(factsOf({ living: theirs, groups: [] }))).toEqual({
      kind: 'not-permitted',
      records: [entryOf()],
    });
    expect(decided({ living: theirs }), 'its last daemon could not either').toMatchObject({ kind: 'adopt' });
  });

  test('has one decision for each record, and never ignores a living child nor invents one', () => {
    const pid = fc.nat({ max: 5 });
    const record = fc.record({
      group: fc.constantFrom('web', 'ear', 'gone'),
      name: fc.constantFrom('web', 'ear'),
      state: fc.constantFrom(...processStates),
      pid,
      startTicks: fc.nat({ max: 1 }),
      listener: fc.constantFrom(null, ...resumableStates),
      fingerprint: fc.constantFrom(fingerprintOf(web), fingerprintOf(listener), ''),
    });
    const process = fc.record({ startTicks: fc.nat({ max: 1 }), isOurs: fc.constant(true) });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 6 }),
        fc.array(fc.tuple(pid, process), { maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        (values, processes, adopts, ending) => {
          const records = values.map((each, slot) => ({ slot, record: sampleRecord(each) }));
          const present = new Map(processes);
          const header = { ...sampleHeader, ending };
          const plan = planAdoption(factsOf({ records, living: present, adopts, header }));
          if (plan.kind !== 'planned') throw new Error(plan.kind);
          expect(plan.decisions.map(({ slot }) => slot)).toEqual(records.map(({ slot }) => slot));
          for (const { kind, record: each } of plan.decisions) {
            const lives = each.pid !== 0 && present.get(each.pid)?.startTicks === each.startTicks;
            expect(['adopt', 'end'].includes(kind)).toBe(lives);
            if (kind === 'adopt') expect(adopts && !ending).toBe(true);
            expect(kind === 'search').toBe(each.pid === 0 && each.state === 'STARTING');
          }
        },
      ),
    );
  });
});
