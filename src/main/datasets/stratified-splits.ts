import { stream } from '../learn/random.ts'

/**
 * Deals rows into parts so that every part has each class's share of it, within one row: rows of a class are shuffled by the
 * seed and cut at the shares (largest remainder first). What rounding costs a part in one class it is owed in the next, so that
 * parts have their shares of many small classes too. Rows without a label are a class of their own. What the shares leave over
 * stays undealt.
 *
 * @param labels class position a row, -1 for none
 * @param shares of each part, at most 1 together
 * @param groups rows of one group stay together (copies of one example must not be in two parts); a group goes with the class of
 *   its first row. Rows of group -1 stand alone.
 * @returns index of each row's part, -1 where it is in none
 */
export function stratifiedSplits(labels: Int32Array, shares: readonly number[], seed: number, groups: Int32Array | null = null): Int32Array {
  const parts = new Int32Array(labels.length).fill(-1)
  const undealt = Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0))
  const owed = new Float64Array(shares.length + 1)
  for (const [label, units] of unitsByClass(labels, groups)) {
    const order = stream(seed, 'splits', label).permutation(units.length)
    const rows = units.reduce((sum, unit) => sum + unit.length, 0)
    const sizes = sizesOf(rows, [...shares, undealt], owed).slice(0, -1)
    let [part, left] = [0, sizes[0] ?? 0]
    for (const place of order) {
      const unit = units[place] ?? []
      // A group larger than what is left still goes in, for it cannot be cut; the next part then gets as much less.
      while (left <= 0 && part < sizes.length) left += sizes[++part] ?? 0
      if (part >= sizes.length) break
      for (const row of unit) parts[row] = part
      left -= unit.length
    }
  }
  return parts
}

/** Rows of each class as units that are dealt together, classes ascending, units in row order. */
function unitsByClass(labels: Int32Array, groups: Int32Array | null): ReadonlyMap<number, readonly (readonly number[])[]> {
  const units = new Map<number, number[][]>()
  const unitOfGroup = new Map<number, number[]>()
  labels.forEach((label, row) => {
    const group = groups?.[row] ?? -1
    const known = group < 0 ? undefined : unitOfGroup.get(group)
    if (known !== undefined) {
      known.push(row)
      return
    }
    const unit = [row]
    if (group >= 0) unitOfGroup.set(group, unit)
    const own = units.get(label)
    if (own === undefined) units.set(label, [unit])
    else own.push(unit)
  })
  return new Map([...units].sort(([a], [b]) => a - b))
}

/**
 * Whole rows of each share, all together `rows`: rounded down, and what is left given to the parts with the largest remainders and
 * debts (the earlier part where they are equal). Brings the debts up to date.
 */
function sizesOf(rows: number, shares: readonly number[], owed: Float64Array): number[] {
  const exact = shares.map((share) => share * rows)
  // A share such as 0.3 of 10 rows must not come out as 2.999… rows.
  const sizes = exact.map((size) => Math.floor(size + 1e-9))
  const remainders = exact.map((size, part) => size - (sizes[part] ?? 0))
  // A part without a remainder has its share already; one row more would be a row too many.
  const claims = remainders.map((remainder, part) => ({ part, claim: remainder > 1e-9 ? 1 + remainder + (owed[part] ?? 0) : -Infinity }))
  const left = rows - sizes.reduce((sum, size) => sum + size, 0)
  for (const { part } of claims.sort((a, b) => (a.claim === b.claim ? a.part - b.part : b.claim - a.claim)).slice(0, left)) sizes[part] = (sizes[part] ?? 0) + 1
  exact.forEach((size, part) => (owed[part] = (owed[part] ?? 0) + size - (sizes[part] ?? 0)))
  return sizes
}
