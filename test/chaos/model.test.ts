import { describe, expect, test } from 'vitest';
import { allowedStates, answered, asked, hurt, newBelief, settledIn } from './model.ts';

describe('what is believed of a process', () => {
  test('follows requests that come one after the other', () => {
    const stopped = answered(asked(newBelief('up')), 'down');
    expect(stopped).toEqual(newBelief('down'));
    expect(answered(asked(stopped), 'same')).toEqual(newBelief('down'));
    expect(answered(asked(stopped), 'up')).toEqual(newBelief('up'));
  });

  test('is open after requests that overlap, until one is made that stands alone', () => {
    const both = asked(asked(newBelief('up')));
    const one = answered(both, 'down');
    expect(one.wanted).toBe('unknown');
    const none = answered(one, 'up');
    expect(none).toEqual(newBelief('unknown'));
    expect(answered(asked(none), 'down')).toEqual(newBelief('down'));
  });

  test('is open as long as requests overlap in a chain', () => {
    const chain = asked(answered(asked(asked(newBelief('up'))), 'down'));
    expect(answered(answered(chain, 'up'), 'up').wanted).toBe('unknown');
  });

  test('knows no answer without a request', () => {
    expect(() => answered(newBelief('up'), 'up')).toThrow('no request');
  });

  test('allows no state but RUNNING to a wanted process, unless it was hurt and is not started again', () => {
    const up = newBelief('up');
    expect(allowedStates(up, 'never')).toEqual(['RUNNING']);
    expect(allowedStates(hurt(up), 'always')).toEqual(['RUNNING']);
    expect(allowedStates(hurt(up), 'never')).toEqual(['RUNNING', 'EXITED']);
    expect(allowedStates(hurt(up), 'unexpected')).toEqual(['RUNNING', 'EXITED']);
  });

  test('never allows RUNNING to a process that was stopped, nor FATAL, BACKOFF or UNKNOWN to any', () => {
    expect(allowedStates(newBelief('down'), 'always')).toEqual(['STOPPED', 'EXITED']);
    expect(allowedStates(newBelief('unknown'), 'always')).toEqual(['RUNNING', 'STOPPED', 'EXITED']);
  });

  test('is known again when nothing moves any more', () => {
    expect(settledIn('RUNNING')).toEqual(newBelief('up'));
    expect(settledIn('EXITED')).toEqual(newBelief('down'));
  });
});
