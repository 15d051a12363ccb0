import { describe, expect, test, vi } from 'vitest';
import { createEventHub, createSerials } from '../../src/actors/event-hub.ts';
import { coveredTypes } from '../../src/model/event-types.ts';

function openHub() {
  const onInterest = vi.fn();
  const hub = createEventHub({ server: 'supid', nextSerial: createSerials(), onInterest });
  const subscribe = (name: string, ...types: readonly string[]): string[] => {
    const received: string[] = [];
    hub.subscribe({
      name,
      types: coveredTypes(types),
      accept: ({ serial, type, payload }) => received.push(`${serial} ${type} ${payload}`),
    });
    return received;
  };
  return { hub, onInterest, subscribe };
}

describe('an event', () => {
  test('goes to everybody who asked for its type, once and with one number', () => {
    const { hub, subscribe } = openHub();
    const first = subscribe('first', 'TICK', 'TICK_5', 'EVENT');
    const second = subscribe('second', 'TICK_5');
    hub.raise('TICK_5', () => 'when:5');
    hub.raise('TICK_60', () => 'when:60');
    expect(first).toEqual(['0 TICK_5 when:5', '1 TICK_60 when:60']);
    expect(second).toEqual(['0 TICK_5 when:5']);
  });

  test('nobody asked for is not rendered and takes no number', () => {
    const { hub, subscribe } = openHub();
    const received = subscribe('first', 'TICK_5');
    hub.raise('TICK_60', expect.unreachable);
    hub.raise('TICK_5', () => 'when:5');
    expect(received).toEqual(['0 TICK_5 when:5']);
    expect([hub.wants('TICK_5'), hub.wants('TICK_60')]).toEqual([true, false]);
  });

  test('is rendered once, however many receive it', () => {
    const { hub, subscribe } = openHub();
    for (const name of ['a', 'b', 'c']) subscribe(name, 'EVENT');
    const payload = vi.fn(() => '');
    hub.raise('SUPERVISOR_STATE_CHANGE_RUNNING', payload);
    expect(payload).toHaveBeenCalledOnce();
  });

  test('that is caused by the delivery of another one comes after it, for everybody', () => {
    const { hub, subscribe } = openHub();
    let caused = false;
    hub.subscribe({
      name: 'first',
      types: coveredTypes(['EVENT']),
      accept: () => {
        if (!caused) hub.raise('TICK_60', () => 'effect');
        caused = true;
      },
    });
    const second = subscribe('second', 'EVENT');
    hub.raise('TICK_5', () => 'cause');
    expect(second).toEqual(['0 TICK_5 cause', '1 TICK_60 effect']);
  });
});

test('who has left receives nothing, and a pool that is made anew replaces the old one', () => {
  const { hub, onInterest, subscribe } = openHub();
  const left = subscribe('first', 'EVENT');
  hub.unsubscribe('first');
  hub.unsubscribe('first');
  const old = subscribe('second', 'EVENT');
  const anew = subscribe('second', 'TICK_5');
  hub.raise('TICK_5', () => '');
  expect([left, old, anew]).toEqual([[], [], ['0 TICK_5 ']]);
  expect(onInterest).toHaveBeenCalledTimes(4);
});
