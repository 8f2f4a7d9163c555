/**
 * Finds ids that come again. As long as they are numbers that grow from row to row, as those that databases and spreadsheets
 * give do, comparing with the last one is enough and sixteen bytes an id are kept instead of an entry of a map.
 */
export class RowIds {
  readonly #most: number
  #ids = new Float64Array(8192)
  #rows = new Float64Array(8192)
  #count = 0
  #rowOf: Map<string | number, number> | undefined

  /** @param most distinct ids that are remembered; of further ones repetitions are not noticed */
  constructor(most: number) {
    this.#most = most
  }

  /** Remembers an id; the row where it stood before, if it did. */
  add(id: string | number, row: number): number | undefined {
    if (this.#rowOf === undefined && typeof id === 'number' && (this.#count === 0 || id > (this.#ids[this.#count - 1] as number))) {
      if (this.#count < this.#most) this.#append(id, row)
      return undefined
    }
    const rowOf = (this.#rowOf ??= this.#mapped())
    const before = rowOf.get(id)
    if (before === undefined && rowOf.size < this.#most) rowOf.set(id, row)
    return before
  }

  /** Remembers ids of the rows from `from` on as long as each is larger than all before; where that ends, at `to` at the latest. */
  addGrowing(ids: Float64Array, from: number, to: number, rowNumbers: Float64Array): number {
    if (this.#rowOf !== undefined) return from
    let last = this.#count === 0 ? -Infinity : (this.#ids[this.#count - 1] as number)
    let row = from
    for (; row < to && this.#count < this.#most; row += 1) {
      const id = ids[row] as number
      // False for NaN, which is no id.
      if (!(id > last)) break
      last = id
      this.#append(id, rowNumbers[row - from] as number)
    }
    return row
  }

  #append(id: number, row: number): void {
    if (this.#count === this.#ids.length) {
      this.#ids = doubled(this.#ids)
      this.#rows = doubled(this.#rows)
    }
    this.#ids[this.#count] = id
    this.#rows[this.#count] = row
    this.#count += 1
  }

  #mapped(): Map<string | number, number> {
    const rowOf = new Map<string | number, number>()
    for (let place = 0; place < this.#count; place += 1) rowOf.set(this.#ids[place] as number, this.#rows[place] as number)
    this.#ids = this.#rows = new Float64Array(0)
    return rowOf
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2)
  larger.set(values)
  return larger
}
