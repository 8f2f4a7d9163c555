import type { Filter, Sort } from '../../../shared/domain/filter.ts'
import { stream } from '../../learn/random.ts'
import { orderOfNumbers } from './argsort.ts'
import { evaluateFilter } from './filter-evaluation.ts'
import { radixSort } from './radix-sort.ts'
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
    this.total = sumOf(this.mask)
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
      const rows = this.#ordered()
      for (let place = 0; place < rows.length; place++) this.#positions[rows[place] ?? 0] = place
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
        return this.#byLabel(this.#data.labels(sort.source), sort.descending)
      case 'confidence':
        return this.#byConfidence(this.#data.confidences(sort.source), sort.descending)
      case 'random':
        // The other way round is an order of its own, in which the last come first.
        return sort.descending ? this.#shuffled(sort.seed).reverse() : this.#shuffled(sort.seed)
    }
  }

  /** Matching rows in an order of all rows; in row order for null. */
  #matching(order: Int32Array | null): Int32Array {
    const { mask } = this
    const rows = new Int32Array(this.total)
    let place = 0
    if (order === null) {
      for (let row = 0; row < mask.length; row++) if (mask[row] === 1) rows[place++] = row
      return rows
    }
    for (let at = 0; at < order.length; at++) {
      const row = order[at] ?? 0
      if (mask[row] === 1) rows[place++] = row
    }
    return rows
  }

  /** Matching rows by class, without a label last. */
  #byLabel(labels: Int32Array, reverse: boolean): Int32Array {
    const rows = this.#matching(null)
    const keys = new Uint32Array(rows.length)
    for (let at = 0; at < rows.length; at++) {
      const label = labels[rows[at] ?? 0] ?? -1
      keys[at] = label < 0 ? 0xffffffff : reverse ? 0x7fffffff - label : label
    }
    radixSort(keys, rows)
    return rows
  }

  /** Matching rows by confidence, without one last. */
  #byConfidence(confidences: Float32Array, reverse: boolean): Int32Array {
    const rows = this.#matching(null)
    const keys = new Float32Array(rows.length)
    for (let at = 0; at < rows.length; at++) keys[at] = (reverse ? -1 : 1) * (confidences[rows[at] ?? 0] ?? Number.NaN)
    const places = orderOfNumbers(keys)
    for (let at = 0; at < places.length; at++) places[at] = rows[places[at] ?? 0] ?? 0
    return places
  }

  /**
   * Matching rows by a random number each, which depends on the seed and the row alone: what else the filter matches does not change
   * which of two rows comes first. The numbers of different rows differ, as every step of the mixing can be undone.
   */
  #shuffled(seed: number): Int32Array {
    const random = stream(seed, 'view-order')
    const [first, second] = [random.integer(2 ** 32), random.integer(2 ** 32)]
    const rows = this.#matching(null)
    const keys = new Uint32Array(rows.length)
    for (let at = 0; at < rows.length; at++) keys[at] = mixed(mixed((rows[at] ?? 0) ^ first) + second)
    radixSort(keys, rows)
    return rows
  }
}

function sumOf(mask: Uint8Array): number {
  let sum = 0
  for (let row = 0; row < mask.length; row++) sum += mask[row] ?? 0
  return sum
}

/** The final mixing of MurmurHash3 (A. Appleby): every bit of the word changes each bit of the result with probability 1/2. */
function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
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
    for (let at = from; at < to; at++) turned[place++] = order[at] ?? 0
    to = from
  }
  return turned
}
