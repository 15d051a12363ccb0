import { describe, expect, test } from 'vitest';
import type { ResumableState } from '../../src/model/listener-protocol.ts';
import { Conversations } from '../../src/survival/conversations.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

const ear = sampleProcess({ name: 'ear', groupName: 'ear', kind: 'eventlistener' });

function begun() {
  const told: (ResumableState | null)[] = [];
  const conversations = new Conversations((_, state) => told.push(state));
  conversations.begin(ear);
  return { conversations, told };
}

describe('the conversation with a listener', () => {
  test('is not certain while something is taken out of its pipe', () => {
    const { conversations, told } = begun();
    conversations.note(ear, { isHearing: true });
    conversations.note(ear, { state: 'READY', isMidway: false });
    conversations.note(ear, { isHearing: false });
    expect(told).toEqual([null, null, 'READY']);
  });

  test('is not certain until an event is wholly in its pipe', () => {
    const { conversations, told } = begun();
    conversations.note(ear, { isWriting: true });
    conversations.note(ear, { state: 'BUSY', isMidway: false });
    expect(conversations.isAnyMidway()).toBe(true);
    conversations.note(ear, { isWriting: false });
    expect(told).toEqual([null, null, 'BUSY']);
    expect(conversations.isAnyMidway()).toBe(false);
  });

  test('is never said to wait for an event that is in its pipe already', () => {
    const { conversations, told } = begun();
    conversations.note(ear, { state: 'READY', isMidway: false });
    conversations.note(ear, { isWriting: true });
    conversations.note(ear, { isWriting: false });
    conversations.note(ear, { state: 'BUSY', isMidway: false });
    expect(told).toEqual(['READY', null, 'BUSY', 'BUSY']);
  });

  test('goes on while the last of an event is on its way', () => {
    const { conversations, told } = begun();
    conversations.note(ear, { state: 'READY', isMidway: false });
    conversations.note(ear, { isWriting: true });
    conversations.note(ear, { state: 'BUSY', isMidway: false });
    conversations.note(ear, { state: 'READY', isMidway: false });
    conversations.note(ear, { isWriting: false });
    expect(told).toEqual(['READY', null, null, null, 'READY']);
  });

  test('is not certain while it has said a part of something, nor once it has broken the protocol', () => {
    const { conversations, told } = begun();
    conversations.note(ear, { state: 'ACKNOWLEDGED', isMidway: true });
    expect(conversations.isAnyMidway()).toBe(true);
    conversations.note(ear, { state: 'UNKNOWN', isMidway: false });
    expect(told).toEqual([null, null]);
    expect(conversations.isAnyMidway(), 'nothing to wait for').toBe(false);
  });

  test('begins with a program, or where an earlier daemon has left it', () => {
    const { conversations, told } = begun();
    conversations.note(ear, { isWriting: true });
    conversations.end(ear);
    expect(conversations.isAnyMidway()).toBe(false);
    conversations.begin(ear, 'READY');
    conversations.note(ear, { isWriting: false });
    expect(told).toEqual([null, 'READY']);
  });
});
