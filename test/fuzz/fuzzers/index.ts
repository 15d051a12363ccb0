/** Every fuzzer, in the order in which docs/reliability.md lists them. */

import type { Fuzzer } from '../fuzzer.ts';
import { eitherClientFuzzer, msgpackClientFuzzer, xmlClientFuzzer } from './clients.ts';
import { environmentFuzzer } from './environment.ts';
import { expansionFuzzer } from './expansion.ts';
import { framesFuzzer } from './frames.ts';
import { iniFuzzer } from './ini.ts';
import { journalFuzzer } from './journal.ts';
import { listenerFuzzer } from './listener.ts';
import { sniffingFuzzer } from './sniffing.ts';
import { supervisorctlFuzzer } from './supervisorctl.ts';
import { valuesFuzzer } from './values.ts';
import { xmlCallFuzzer, xmlResponseFuzzer } from './xml-rpc.ts';

export const fuzzers: readonly Fuzzer[] = [
  iniFuzzer,
  environmentFuzzer,
  expansionFuzzer,
  valuesFuzzer,
  framesFuzzer,
  xmlCallFuzzer,
  xmlResponseFuzzer,
  sniffingFuzzer,
  listenerFuzzer,
  msgpackClientFuzzer,
  xmlClientFuzzer,
  eitherClientFuzzer,
  supervisorctlFuzzer,
  journalFuzzer,
];
