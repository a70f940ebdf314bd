/** Joins two people's changes of one form, or what was saved with what was typed meanwhile. */

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Their list with the items that were added to `base` and without those that were taken from it. */
export function mergeList<Item>(
  base: readonly Item[],
  mine: readonly Item[],
  theirs: readonly Item[],
): Item[] {
  if (same(base, theirs)) {
    return [...mine];
  }
  const has = (list: readonly Item[], item: Item): boolean => list.some((other) => same(other, item));
  return [
    ...theirs.filter((item) => !has(base, item) || has(mine, item)),
    ...mine.filter((item) => !has(base, item) && !has(theirs, item)),
  ];
}

export interface Merged<Values> {
  values: Values;
  /** Fields that both changed, and differently: `values` has mine. */
  disputed: (keyof Values)[];
}

/** What `theirs` becomes with the changes that lead from `base` to `mine`. Lists have both people's items. */
export function merge<Values extends object>(base: Values, mine: Values, theirs: Values): Merged<Values> {
  const values = { ...theirs };
  const disputed: (keyof Values)[] = [];
  for (const name of Object.keys(theirs) as (keyof Values)[]) {
    const [old, own, other] = [base[name], mine[name], theirs[name]];
    if (same(old, own) || same(own, other)) {
      continue;
    }
    const lists = Array.isArray(old) && Array.isArray(own) && Array.isArray(other) && !same(old, other);
    values[name] = lists ? (mergeList(old, own, other) as Values[keyof Values]) : own;
    if (!lists && !same(old, other)) {
      disputed.push(name);
    }
  }
  return { values, disputed };
}
