/**
 * Finds where one MessagePack message ends in a stream of bytes, without building any value. Works in linear time however
 * the bytes are split, never holds more than the limits allow, and refuses what the protocol does not use: anything but
 * arrays at the top, extension types, and lengths no allowed message can have.
 */

export interface FrameLimits {
  /** Largest whole message. */
  readonly maxBytes: number;
  /** Deepest nesting of arrays and maps; the message itself is level 1. */
  readonly maxDepth: number;
  /** Most values in one message: every array, map, key, string and number counts. */
  readonly maxValues: number;
}

export type FrameProblem = 'not-an-array' | 'extension-type' | 'reserved-byte' | 'too-large' | 'too-deep';

export type Frame =
  /** Exactly one message. The bytes stay valid and unchanged. */
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'incomplete' }
  /** Final: the reader answers this for ever. */
  | { readonly kind: 'broken'; readonly problem: FrameProblem };

export interface FrameReader {
  append(chunk: Uint8Array): void;
  /** The next complete message. Call until it says `incomplete`, then append more. */
  next(): Frame;
  /** Takes effect at once, also for a message that is half read. */
  setLimits(limits: FrameLimits): void;
  /** Bytes held that no message has used yet. */
  readonly heldBytes: number;
}

export function createFrameReader(initialLimits: FrameLimits): FrameReader {
  let limits = initialLimits;
  let problem: FrameProblem | null = null;

  // Bytes start … end of `buffer` are held. Bytes handed out before `start` are never written again.
  let buffer: Uint8Array = new Uint8Array(0);
  let ownsBuffer = false;
  let start = 0;
  let end = 0;

  // The message being read: bytes passed, values still owed per open container and in all, values seen.
  let passed = 0;
  let open: number[] = [];
  let owed = 0;
  let seen = 0;

  function append(chunk: Uint8Array): void {
    if (problem !== null) return;
    const held = end - start;
    if (held === 0) {
      buffer = chunk;
      ownsBuffer = false;
      start = 0;
      end = chunk.length;
      return;
    }
    if (!ownsBuffer || buffer.length - end < chunk.length) {
      // Doubling keeps the copying linear in the bytes received, even when they come one by one.
      const larger = new Uint8Array(Math.max(held + chunk.length, held * 2));
      larger.set(buffer.subarray(start, end));
      buffer = larger;
      ownsBuffer = true;
      start = 0;
      end = held;
    }
    buffer.set(chunk, end);
    end += chunk.length;
  }

  function next(): Frame {
    while (problem === null) {
      if (passed > 0 && owed === 0) {
        // The last value may be a string or binary of which not all bytes are here.
        if (start + passed > end) return { kind: 'incomplete' };
        const bytes = buffer.subarray(start, start + passed);
        start += passed;
        passed = 0;
        open = [];
        seen = 0;
        return { kind: 'message', bytes };
      }
      const at = start + passed;
      if (at >= end) return { kind: 'incomplete' };
      const tag = buffer[at] ?? 0;
      if (passed === 0 && !isArray(tag)) {
        problem = 'not-an-array';
        break;
      }
      if (passed > 0) {
        const before = passed;
        problem = passScalars(at);
        if (problem !== null || passed > before) continue;
      }
      const lengthBytes = lengthBytesOf(tag);
      if (at + 1 + lengthBytes > end) return { kind: 'incomplete' };
      problem = passValue(tag, lengthBytes, readLength(buffer, at + 1, lengthBytes));
    }
    return { kind: 'broken', problem };
  }

  /**
   * Passes the most usual values without children from `at` on, as far as they are here and in one container, and counts
   * them together. An answer is hardly anything else, and a client reads its only one with code that V8 has not compiled.
   */
  function passScalars(at: number): FrameProblem | null {
    const level = open.length - 1;
    const children = open[level] ?? 0;
    const bytes = buffer;
    const limit = end;
    let left = children;
    let next = at;
    while (left > 0 && next < limit) {
      const tag = bytes[next] ?? 0;
      if (tag < 0x80) next += 1;
      else if (tag >= 0xa0 && tag <= 0xbf) next += 1 + (tag & 0x1f);
      else if (tag === 0xcd) next += 3;
      else if (tag === 0xce) next += 5;
      else if (tag === 0xd9 && next + 1 < limit) next += 2 + (bytes[next + 1] ?? 0);
      else break;
      left -= 1;
    }
    open[level] = left;
    owed -= children - left;
    seen += children - left;
    passed = next - start;
    // Neither sum ever falls, so that what was too large before the last of them is too large now.
    if (passed + owed > limits.maxBytes || seen + owed > limits.maxValues) return 'too-large';
    if (left === 0) closeFull();
    return null;
  }

  /** Containers that have all their values. */
  function closeFull(): void {
    while (open.length > 0 && open[open.length - 1] === 0) open.pop();
  }

  function passValue(tag: number, lengthBytes: number, length: number): FrameProblem | null {
    const children = childrenOf(tag, length);
    if (passed > 0) {
      owed -= 1;
      const level = open.length - 1;
      open[level] = (open[level] ?? 0) - 1;
    }
    if (tag === 0xc1) return 'reserved-byte';
    if ((tag >= 0xc7 && tag <= 0xc9) || (tag >= 0xd4 && tag <= 0xd8)) return 'extension-type';
    if (children !== null && open.length >= limits.maxDepth) return 'too-deep';

    seen += 1;
    passed += 1 + lengthBytes + (children === null ? payloadBytesOf(tag, length) : 0);
    owed += children ?? 0;
    // Each value still owed takes a byte or more, so a giant count is refused when it is announced.
    if (passed + owed > limits.maxBytes || seen + owed > limits.maxValues) return 'too-large';

    if (children !== null) open.push(children);
    closeFull();
    return null;
  }

  return {
    append,
    next,
    setLimits: (changed) => {
      limits = changed;
    },
    get heldBytes() {
      return end - start;
    },
  };
}

/** Whether a first byte can begin a message of this protocol. */
export const isArray = (tag: number): boolean => (tag >= 0x90 && tag <= 0x9f) || tag === 0xdc || tag === 0xdd;

/** How many bytes after the tag hold a length or a count. */
function lengthBytesOf(tag: number): 0 | 1 | 2 | 4 {
  switch (tag) {
    case 0xc4: // bin 8
    case 0xd9: // str 8
      return 1;
    case 0xc5: // bin 16
    case 0xda: // str 16
    case 0xdc: // array 16
    case 0xde: // map 16
      return 2;
    case 0xc6: // bin 32
    case 0xdb: // str 32
    case 0xdd: // array 32
    case 0xdf: // map 32
      return 4;
    default:
      return 0;
  }
}

function readLength(bytes: Uint8Array, at: number, lengthBytes: number): number {
  let length = 0;
  for (let index = 0; index < lengthBytes; index += 1) length = length * 256 + (bytes[at + index] ?? 0);
  return length;
}

/** Values inside an array or map (a pair counts two); null for everything else. */
function childrenOf(tag: number, length: number): number | null {
  if (tag >= 0x80 && tag <= 0x8f) return (tag & 0x0f) * 2;
  if (tag >= 0x90 && tag <= 0x9f) return tag & 0x0f;
  if (tag === 0xdc || tag === 0xdd) return length;
  if (tag === 0xde || tag === 0xdf) return length * 2;
  return null;
}

/** Bytes of a scalar behind its tag and length. */
function payloadBytesOf(tag: number, length: number): number {
  if (tag >= 0xa0 && tag <= 0xbf) return tag & 0x1f;
  switch (tag) {
    case 0xcc: // uint 8
    case 0xd0: // int 8
      return 1;
    case 0xcd: // uint 16
    case 0xd1: // int 16
      return 2;
    case 0xca: // float 32
    case 0xce: // uint 32
    case 0xd2: // int 32
      return 4;
    case 0xcb: // float 64
    case 0xcf: // uint 64
    case 0xd3: // int 64
      return 8;
    default:
      return length;
  }
}
