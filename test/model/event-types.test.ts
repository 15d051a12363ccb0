import { describe, expect, test } from 'vitest';
import { coveredTypes, eventTypeNames, eventTypes } from '../../src/model/event-types.ts';
import { processStates } from '../../src/model/process-state.ts';

const covered = (...names: readonly string[]): readonly string[] => [...coveredTypes(names)].sort();

describe('asking for a type', () => {
  test('asks for itself alone when nothing is below it', () => {
    for (const type of eventTypes) expect(covered(type)).toEqual([type]);
  });

  test('asks for everything below it', () => {
    expect(covered('PROCESS_STATE')).toEqual(processStates.map((state) => `PROCESS_STATE_${state}`).sort());
    expect(covered('TICK')).toEqual(['TICK_3600', 'TICK_5', 'TICK_60']);
    expect(covered('PROCESS_GROUP')).toEqual(['PROCESS_GROUP_ADDED', 'PROCESS_GROUP_REMOVED']);
    expect(covered('EVENT')).toEqual([...eventTypes].sort());
  });

  test('and for its parent too asks for it once', () => {
    expect(covered('PROCESS_COMMUNICATION', 'PROCESS_COMMUNICATION_STDOUT', 'EVENT', 'EVENT')).toEqual(
      covered('EVENT'),
    );
  });

  test('that nobody knows asks for nothing', () => {
    expect(covered('TOCK', 'tick')).toEqual([]);
  });
});

test('the abstract types can be asked for and are never sent', () => {
  const abstract = [...eventTypeNames].filter((name) => !eventTypes.some((type) => type === name));
  expect(abstract).toEqual([
    'EVENT',
    'PROCESS_STATE',
    'PROCESS_COMMUNICATION',
    'PROCESS_LOG',
    'SUPERVISOR_STATE_CHANGE',
    'TICK',
    'PROCESS_GROUP',
  ]);
  expect(eventTypes).toHaveLength(20);
});
