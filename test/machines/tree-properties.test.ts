import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupSpec } from '../../src/model/program-spec.ts';
import { exited, sampleGroup } from '../helpers/spec-samples.ts';
import { superviseTree } from './tree.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

type Tree = ReturnType<typeof superviseTree>;

interface Sketch {
  readonly priority: number;
  readonly members: readonly boolean[];
}

/** Groups named `g0`, `g1` …, as configuration sorts them; a member is described by its `autostart`. */
const sketches: fc.Arbitrary<readonly Sketch[]> = fc.array(
  fc.record({ priority: fc.nat({ max: 3 }), members: fc.array(fc.boolean(), { maxLength: 3 }) }),
  { maxLength: 5 },
);

const specsOf = (groups: readonly Sketch[]): readonly GroupSpec[] =>
  groups
    .map(({ priority, members }, index) =>
      sampleGroup(
        `g${index}`,
        members.map((autostart, member) => ({ name: `g${index}m${member}`, autostart })),
        { priority },
      ),
    )
    .sort((one, other) => one.priority - other.priority);

/** Which child acts is a number taken modulo those that live. */
type Act = readonly ['exit' | 'start' | 'stop', number] | readonly ['pass' | 'shutdown' | 'restart', 0];

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('exit' as const, 'start' as const, 'stop' as const), fc.nat()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('pass' as const), fc.constant(0 as const)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('shutdown' as const, 'restart' as const), fc.constant(0 as const)),
  },
);

const isActive = (tree: Tree): boolean => !tree.actor.getSnapshot().matches('halted');

function perform(tree: Tree, [kind, choice]: Act): void {
  if (kind === 'pass') tree.pass(1000);
  else if (kind === 'shutdown' || kind === 'restart') tree.tell(kind);
  else if (kind === 'exit') {
    const { living } = tree.children;
    living[choice % living.length]?.exits(exited(choice % 2));
  } else {
    const names = Object.keys(tree.states);
    const [group, process] = names[choice % names.length]?.split(':') ?? [];
    if (group !== undefined && process !== undefined) tree.process(group, process).send({ type: `process.${kind}` });
  }
}

/** Priorities of the groups with a living child, by whether that child is already being stopped. */
function levels(tree: Tree, specs: readonly GroupSpec[]): { stopping: number[]; left: number[] } {
  const priority = new Map(specs.map((spec) => [spec.name, spec.priority]));
  const of = (state: string): number[] =>
    Object.entries(tree.states).flatMap(([name, now]) =>
      now === state ? [priority.get(name.split(':')[0] ?? '') ?? Number.NaN] : [],
    );
  return { stopping: of('STOPPING'), left: [...of('RUNNING'), ...of('STARTING')] };
}

describe('whatever groups there are and whatever happens', () => {
  test('a shutdown comes to its end when the children do, level by level, and starts nothing', () => {
    fc.assert(
      fc.property(sketches, fc.array(acts, { maxLength: 30 }), (groups, story) => {
        const specs = specsOf(groups);
        const tree = superviseTree(specs);
        tree.tell('boot');
        const asked = new Set<string>();
        for (const act of story) {
          if (!isActive(tree)) break;
          perform(tree, act);
          asked.add(act[0]);
        }
        if (!asked.has('restart')) {
          if (isActive(tree)) tree.tell('shutdown');
          asked.add('shutdown');
        }
        const { length } = tree.children.all;
        while (isActive(tree)) {
          expect(tree.children.living.length).toBeGreaterThan(0);
          const { stopping, left } = levels(tree, specs);
          expect(Math.max(...left)).toBeLessThan(Math.max(...stopping));
          const next = tree.children.living.find(({ signals }) => signals.length > 0);
          expect(next).toBeDefined();
          next?.exits();
        }
        expect(tree.children.living).toEqual([]);
        expect(tree.children.all).toHaveLength(length);
        expect(tree.children.all.filter(({ abandoned }) => abandoned)).toEqual([]);
        expect(tree.halts).toEqual([{ intent: asked.has('shutdown') ? 'shutdown' : 'restart', end: null }]);
      }),
      { numRuns: 200 },
    );
  });

  test('groups stay in order of priority, later ones behind their equals', () => {
    fc.assert(
      fc.property(
        sketches,
        fc.array(fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 3 }), fc.boolean())),
        (groups, changes) => {
          const specs = specsOf(groups);
          const tree = superviseTree(specs);
          tree.tell('boot');
          const expected = specs.map(({ name, priority }) => ({ name, priority }));
          for (const [number, priority, add] of changes) {
            const name = `g${number}`;
            const known = expected.findIndex((group) => group.name === name);
            if (add) tree.actor.send({ type: 'group.add', spec: sampleGroup(name, [], { priority }) });
            else if (tree.children.living.every(({ spec }) => spec.groupName !== name))
              tree.actor.send({ type: 'group.remove', name });
            else continue;
            if (add && known === -1)
              expected.splice(expected.filter((group) => group.priority <= priority).length, 0, { name, priority });
            if (!add && known !== -1) expected.splice(known, 1);
            expect(tree.groups).toEqual(expected.map((group) => group.name));
          }
        },
      ),
    );
  });
});
