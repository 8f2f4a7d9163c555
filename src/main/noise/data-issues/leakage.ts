import type { DuplicateGroup } from '../../datasets/duplicates/duplicate-groups.ts'

/** A group of (near-)duplicates that more than one split holds a part of. */
export interface Leak<Split> {
  readonly group: DuplicateGroup
  /** Its rows by split. */
  readonly rows: ReadonlyMap<Split, readonly number[]>
}

/** What leaks between splits. */
export interface Leakage<Split> {
  readonly leaks: readonly Leak<Split>[]
  /** Rows of each split that have a duplicate in another one. */
  readonly affected: ReadonlyMap<Split, number>
}

/**
 * Duplicates across splits, from the groups that the search for duplicates found.
 *
 * @param splitOf the split of a row; null for a row in none
 */
export function leakageOf<Split>(groups: readonly DuplicateGroup[], splitOf: (row: number) => Split | null): Leakage<Split> {
  const leaks: Leak<Split>[] = []
  const affected = new Map<Split, number>()
  for (const group of groups) {
    const rows = new Map<Split, number[]>()
    for (const row of group.rows) {
      const split = splitOf(row)
      if (split === null) continue
      const part = rows.get(split)
      if (part === undefined) rows.set(split, [row])
      else part.push(row)
    }
    if (rows.size < 2) continue
    leaks.push({ group, rows })
    for (const [split, part] of rows) affected.set(split, (affected.get(split) ?? 0) + part.length)
  }
  return { leaks, affected }
}
