import type { Filter, Sort } from '../../../shared/domain/filter.ts'
import { stream } from '../../learn/random.ts'
import { orderOfNumbers } from './argsort.ts'
import { evaluateFilter } from './filter-evaluation.ts'
import type { ViewData } from './view-data.ts'

/**
 * A data set as a person looks at it: the rows a filter matches, in the order of a sort. Computed once; pages are then slices.
 * Equal rows stay in row order, and rows without a value come last, whichever way it is sorted.
 */
export class View {
  /** 1 where the filter matches. */
  readonly mask: Uint8Array
  readonly total: number
  readonly #sort: Sort | null
  readonly #data: ViewData
  #rows: Int32Array | undefined
  #positions: Int32Array | undefined

  /** @throws BenchError `invalid-input` for what the data does not have, `conflict` for a column not yet sorted */
  constructor(filter: Filter, sort: Sort | null, data: ViewData) {
    this.#sort = sort
    this.#data = data
    this.mask = evaluateFilter(filter, data)
    let total = 0
    for (const matches of this.mask) total += matches
    this.total = total
  }

  /** The rows at these places of the view, fewer at its end. */
  rowsAt(offset: number, limit: number): Int32Array {
    return this.#ordered().slice(offset, offset + limit)
  }

  /** Place of a row in the view, -1 where the filter leaves it out. */
  positionOf(row: number): number {
    if (this.mask[row] !== 1) return -1
    if (this.#positions === undefined) {
      this.#positions = new Int32Array(this.mask.length).fill(-1)
      for (const [place, each] of this.#ordered().entries()) this.#positions[each] = place
    }
    return this.#positions[row] ?? -1
  }

  #ordered(): Int32Array {
    return (this.#rows ??= this.#arrange())
  }

  #arrange(): Int32Array {
    const sort = this.#sort
    if (sort === null || (sort.by === 'row' && !sort.descending)) return this.#matching(null)
    switch (sort.by) {
      case 'row':
        return this.#matching(null).reverse()
      case 'column': {
        const rows = this.#matching(this.#data.order(sort.column))
        return sort.descending ? descending(rows, this.#data.missing(sort.column), this.#data.equal(sort.column)) : rows
      }
      case 'label':
        return this.#byKey(this.#data.labels(sort.source), (label) => (label < 0 ? Number.NaN : label), sort.descending)
      case 'confidence':
        return this.#byKey(this.#data.confidences(sort.source), (confidence) => confidence, sort.descending)
      case 'random':
        return this.#matching(stream(sort.seed, 'view-order').permutation(this.#data.count))
    }
  }

  /** Matching rows in an order of all rows; in row order for null. */
  #matching(order: Int32Array | null): Int32Array {
    const rows = new Int32Array(this.total)
    let place = 0
    if (order === null) {
      for (let row = 0; row < this.mask.length; row++) if (this.mask[row] === 1) rows[place++] = row
      return rows
    }
    for (const row of order) if (this.mask[row] === 1) rows[place++] = row
    return rows
  }

  /** Matching rows by a number each, NaN last whichever way. */
  #byKey(values: Int32Array | Float32Array, keyOf: (value: number) => number, reverse: boolean): Int32Array {
    const rows = this.#matching(null)
    const sign = reverse ? -1 : 1
    return orderOfNumbers(Float64Array.from(rows, (row) => sign * keyOf(values[row] ?? Number.NaN))).map((place) => rows[place] ?? 0)
  }
}

/** An ascending order turned around: missing rows stay last, and equal ones in row order. */
function descending(order: Int32Array, missing: (row: number) => boolean, equal: (a: number, b: number) => boolean): Int32Array {
  let present = order.length
  while (present > 0 && missing(order[present - 1] ?? 0)) present--
  const turned = order.slice()
  let place = 0
  for (let to = present; to > 0; ) {
    let from = to - 1
    while (from > 0 && equal(order[from - 1] ?? 0, order[to - 1] ?? 0)) from--
    turned.set(order.subarray(from, to), place)
    place += to - from
    to = from
  }
  return turned
}
