/** Some rows of a data set: 1 where a row is in it. */
export interface RowMask {
  readonly mask: Uint8Array
  readonly count: number
}

export const noRows = (rows: number): RowMask => ({ mask: new Uint8Array(rows), count: 0 })

export function maskOf(rows: number, members: Iterable<number>): RowMask {
  const mask = new Uint8Array(rows)
  let count = 0
  for (const row of members) {
    if (row >= rows || mask[row] === 1) continue
    mask[row] = 1
    count += 1
  }
  return { mask, count }
}

/** The rows of either. */
export function union(first: RowMask, second: RowMask): RowMask {
  const mask = first.mask.slice()
  let { count } = first
  second.mask.forEach((member, row) => {
    if (member !== 1 || mask[row] === 1) return
    mask[row] = 1
    count += 1
  })
  return { mask, count }
}

/** The rows with one more, or one less where it was among them. */
export function toggled({ mask, count }: RowMask, row: number): RowMask {
  const next = mask.slice()
  next[row] = mask[row] === 1 ? 0 : 1
  return { mask: next, count: count + (next[row] === 1 ? 1 : -1) }
}

/** The rows themselves, ascending. */
export function rowsIn({ mask, count }: RowMask): number[] {
  const rows = new Array<number>(count)
  let place = 0
  for (let row = 0; row < mask.length && place < count; row += 1) if (mask[row] === 1) rows[place++] = row
  return rows
}
