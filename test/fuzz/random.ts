/** Random choices that a seed repeats. Small and fast; good enough to choose test inputs. */

export interface Random {
  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (bound: number): number => Math.floor((next() / 0x1_0000_0000) * bound);
  return {
    below,
    chance: (probability) => next() / 0x1_0000_0000 < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
  };
}

/** The same choices for the same bytes: what a check decides by chance is repeated with its input. */
export function randomOf(bytes: Uint8Array): Random {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return createRandom(hash);
}

/** So many copies of what `make` gives, from none up to `most`. */
export const several = <Item>(random: Random, most: number, make: (random: Random) => Item): readonly Item[] =>
  Array.from({ length: random.below(most + 1) }, () => make(random));
