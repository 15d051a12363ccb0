/**
 * Programs from Debian that the proofs of compatibility run. Where one is missing its tests are skipped, and the title
 * of each says for want of what.
 */
import { existsSync } from 'node:fs';
import { type ScenarioOptions, scenario } from '../helpers/scenario.ts';

/** What may be missing: Debian's package and a file of it. */
const packages = {
  supervisor: '/usr/bin/supervisord',
  python3: '/usr/bin/python3',
  curl: '/usr/bin/curl',
  'prometheus-node-exporter': '/usr/bin/prometheus-node-exporter',
  'ansible-core': '/usr/bin/ansible',
} as const;

/** The Ansible module is in a package of 250 MB, of which `.ci/run` takes only this file. */
const collections = ['/usr/share/ansible/collections', '/usr/lib/python3/dist-packages'];
const moduleFile = 'ansible_collections/community/general/plugins/modules/supervisorctl.py';

export type Need = keyof typeof packages | 'community.general.supervisorctl';

/** Declares a test that needs programs of others: it runs where they are, and says by name what is missing elsewhere. */
export function scenarioWith(
  needs: readonly Need[],
  title: string,
  body: () => Promise<void>,
  options: ScenarioOptions = {},
): void {
  const missing = needs.filter((need) => !isThere(need));
  const named = missing.length === 0 ? title : `${title} (needs ${missing.join(', ')})`;
  scenario(named, body, { ...options, skip: missing.length > 0 });
}

function isThere(need: Need): boolean {
  return need === 'community.general.supervisorctl' ? ansibleModule() !== undefined : existsSync(packages[need]);
}

/** Where Ansible's module for supervisorctl is. */
export function ansibleModule(): string | undefined {
  return collections.map((folder) => `${folder}/${moduleFile}`).find((path) => existsSync(path));
}
