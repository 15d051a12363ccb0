/**
 * Imported before everything else, since loading the rest takes time: a daemon that is PID 1, or has just taken the place of
 * another version, must hear from its first moment that it is to end.
 */

import { env, pid } from 'node:process';
import { holdSignals } from '../os/held-signals.ts';

if (pid === 1 || env.STATEVISOR_HANDOVER !== undefined) holdSignals();
