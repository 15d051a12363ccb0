/**
 * What a client may send before its first message, to be understood by servers of another protocol too: it reads like an
 * HTTP request that none of them can fulfil. An original Supervisor refuses it at once and in silence, while on
 * MessagePack itself it would wait for more or report an error of its own.
 */

/** Read over by our servers, before the first message only. */
export const preface: Uint8Array = Buffer.from('MSGPACK /statevisor HTTP/1.1\r\n\r\n');

/**
 * The beginning of a connection without its preface, if it has one. Empty as long as more bytes must come to tell.
 */
export function afterPreface(bytes: Buffer): Buffer {
  const length = Math.min(bytes.length, preface.length);
  return bytes.subarray(0, length).equals(preface.subarray(0, length)) ? bytes.subarray(length) : bytes;
}
