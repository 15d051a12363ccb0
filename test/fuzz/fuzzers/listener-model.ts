/** The conversation with one event listener, told again as simply as possible: text, patterns, and a list of events. */

export interface ListenerModel {
  readonly state: 'ACKNOWLEDGED' | 'READY' | 'BUSY' | 'UNKNOWN';
  readonly received: readonly number[];
  readonly waiting: readonly number[];
  raise(): void;
  /** One character a byte. */
  write(text: string): void;
}

const longestLine = 4096;
const longestBody = 1024 * 1024;

/** @param mostWaiting - Events that may wait; of more, the oldest is given up. */
export function createListenerModel(mostWaiting: number): ListenerModel {
  let state: ListenerModel['state'] = 'ACKNOWLEDGED';
  let written = '';
  let serial = 0;
  let current: number | null = null;
  const waiting: number[] = [];
  const received: number[] = [];

  /** One step; false when there is none. */
  function step(): boolean {
    switch (state) {
      case 'ACKNOWLEDGED':
        if (written.length < 6) return false;
        state = written.startsWith('READY\n') ? 'READY' : 'UNKNOWN';
        written = written.slice(6);
        return true;
      case 'READY': {
        if (written !== '') {
          state = 'UNKNOWN';
          return true;
        }
        const event = waiting.shift();
        if (event === undefined) return false;
        received.push(event);
        current = event;
        state = 'BUSY';
        return true;
      }
      case 'BUSY':
        return readResult();
      case 'UNKNOWN':
        written = '';
        return false;
      default:
        return state satisfies never;
    }
  }

  function readResult(): boolean {
    const end = written.indexOf('\n');
    if (end === -1 && written.length <= longestLine) return false;
    const number = end === -1 || end > longestLine ? '' : written.slice(7, end).replace(/^[\s]+|[\s]+$/g, '');
    const length = /^[+-]?[0-9]+(_[0-9]+)*$/.test(number) ? Number(number.replaceAll('_', '')) : Number.NaN;
    if (!(length >= 0 && length <= longestBody)) {
      state = 'UNKNOWN';
      giveBack();
      return true;
    }
    const body = written.slice(end + 1, end + 1 + length);
    if (body.length < length) return false;
    written = written.slice(end + 1 + length);
    state = 'ACKNOWLEDGED';
    if (body === 'OK') current = null;
    else giveBack();
    return true;
  }

  /** To the front of those that wait, where it may take the place of another one. */
  function giveBack(): void {
    if (current === null) return;
    if (waiting.length >= mostWaiting) waiting.shift();
    waiting.unshift(current);
    current = null;
  }

  function settle(): void {
    while (step()) {
      // Each step may make another one possible.
    }
  }

  return {
    get state() {
      return state;
    },
    received,
    waiting,
    raise: () => {
      if (waiting.length >= mostWaiting) waiting.shift();
      waiting.push(serial);
      serial += 1;
      settle();
    },
    write: (text) => {
      written += text;
      settle();
    },
  };
}
