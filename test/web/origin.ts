/** A daemon that pages of tests come from. */
import type { Origin } from '../../src/web/document.ts';

export const origin: Origin = {
  identifier: 'supervisor',
  hostName: 'shop-3',
  pid: 4242,
  version: '1.2.3',
  supervisorVersion: '4.2.5',
  time: 'Sun Nov 22 14:44:09 2026',
};
