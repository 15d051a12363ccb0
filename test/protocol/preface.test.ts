import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPreface, preface } from '../../src/protocol/preface.ts';

describe('the preface', () => {
  it('is read over, and nothing else is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(afterPreface(Buffer.concat([preface, bytes]))).toEqual(Buffer.from(bytes));
        const other = Buffer.concat([Buffer.of(0x94), bytes]);
        expect(afterPreface(other)).toEqual(other);
      }),
    );
  });

  it('leaves nothing until all of it has come', () => {
    for (let length = 0; length <= preface.length; length += 1) {
      expect(afterPreface(Buffer.from(preface.subarray(0, length)))).toHaveLength(0);
    }
  });

  it('is not taken for what only begins like it', () => {
    const request = Buffer.from('MSGPACK /other HTTP/1.1\r\n\r\n');
    expect(afterPreface(request)).toEqual(request);
    expect(afterPreface(Buffer.from('MKCOL'))).toEqual(Buffer.from('MKCOL'));
  });

  it('is the head of an HTTP request', () => {
    expect(Buffer.from(preface).toString('latin1')).toMatch(/^[A-Z]+ \/\S+ HTTP\/1\.1\r\n\r\n$/);
  });
});
