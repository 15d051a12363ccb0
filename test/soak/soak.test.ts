/** A small part of the soak, so that it is known to run; the whole one is `npm run soak`. */
import { expect } from 'vitest';
import { scenario } from '../helpers/scenario.ts';
import { phaseNames } from './phases.ts';
import { type PhaseReport, soak } from './soak.ts';

scenario(
  'programs that restart, clients that come and go, and logs that rotate leave nothing behind',
  async () => {
    const reports: PhaseReport[] = [];
    await soak({ phases: phaseNames, scale: 0.01 }, (report) => reports.push(report));
    // So little of it says nothing of memory yet: the heap has hardly been tidied up once.
    const findings = reports.flatMap((report) => report.findings).filter((finding) => !finding.startsWith('memory'));
    expect(findings).toEqual([]);
    expect(reports.map(({ phase }) => phase)).toEqual(phaseNames);
  },
  { oursOnly: true },
);
