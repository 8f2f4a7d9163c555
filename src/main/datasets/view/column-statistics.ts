import { isAscii } from 'node:buffer'
import { isMissing, type TextColumn } from '../../store/text-chunk.ts'
import type { ColumnSlice, ColumnStatistics } from '../../../shared/domain/column.ts'

/** Bars of a histogram. */
export const histogramBars = 30
/** Distinct texts that are counted; a column of more has too many to list. */
export const distinctLimit = 10_000
/** Characters of the distinct texts that are kept for counting: a column of long texts has nothing frequent to list. */
const keptCharacters = 16_000_000
/** Most frequent texts that are listed. */
const listedTexts = 20

/** Rows in each of `bars` equally wide bars from `min` to `max`, both included; everything in the first where they are equal. */
export function histogramOf(values: Float64Array, min: number, max: number, bars: number): number[] {
  const counts = new Uint32Array(bars)
  // From the lowest to the highest double is more than a double can hold; halves are not.
  const scale = Number.isFinite(max - min) ? 1 : 0.5
  const width = max * scale - min * scale
  const low = min * scale
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    // False for NaN as well.
    if (!(value >= min && value <= max)) continue
    const bar = width > 0 ? Math.trunc(((value * scale - low) / width) * bars) : 0
    // The highest value lies on the upper edge of the last bar.
    const own = bar < bars ? bar : bars - 1
    counts[own] = (counts[own] as number) + 1
  }
  return Array.from(counts)
}

/** What a column's header shows, gathered block by block. */
export class ColumnSummary {
  readonly #type: 'number' | 'text'
  readonly #numbers: Float64Array[] = []
  readonly #texts = new Map<string, number>()
  #distinct = true
  #kept = 0
  #count = 0
  #missing = 0
  #infinite = 0
  #min = Infinity
  #max = -Infinity
  #mean = 0
  #squares = 0
  #lengths = 0

  constructor(type: 'number' | 'text') {
    this.#type = type
  }

  add(values: ColumnSlice & { readonly texts?: TextColumn | undefined }): void {
    if (values.type === 'number') this.#addNumbers(values.values)
    else if (values.texts === undefined || this.#distinct || !isAscii(values.texts.bytes)) this.#addTexts(values.values)
    else this.#addLengths(values.texts)
  }

  /** Texts that need no counting: of ASCII, whose characters are bytes. */
  #addLengths(texts: TextColumn): void {
    const { count, offsets } = texts
    for (let row = 0; row < count; row++) {
      if (isMissing(texts, row)) {
        this.#missing++
        continue
      }
      const length = (offsets[row + 1] as number) - (offsets[row] as number)
      this.#count++
      this.#extend(length)
      this.#lengths += length
    }
  }

  #addNumbers(values: Float64Array): void {
    this.#numbers.push(values)
    let [count, missing, infinite, min, max, sum] = [0, 0, 0, this.#min, this.#max, 0]
    for (let row = 0; row < values.length; row++) {
      const value = values[row] as number
      // Infinities are values, found and sorted as such, but have no place in a mean or a bar; false for NaN as well.
      if (!(value > -Infinity && value < Infinity)) {
        if (Number.isNaN(value)) missing++
        else infinite++
        continue
      }
      count++
      sum += value
      if (value < min) min = value
      if (value > max) max = value
    }
    ;[this.#min, this.#max] = [min, max]
    this.#missing += missing
    this.#infinite += infinite
    if (Number.isFinite(sum)) this.#addBlock(values, count, sum / count)
    else this.#addOneByOne(values)
  }

  /** Joins the moments of a block to those before (Chan, Golub and LeVeque 1979). */
  #addBlock(values: Float64Array, count: number, mean: number): void {
    if (count === 0) return
    let squares = 0
    for (let row = 0; row < values.length; row++) {
      const apart = (values[row] as number) - mean
      if (apart > -Infinity && apart < Infinity) squares += apart * apart
    }
    const before = this.#count
    const apart = mean - this.#mean
    this.#count += count
    this.#mean += apart * (count / this.#count)
    this.#squares += squares + apart * apart * ((before * count) / this.#count)
  }

  /** Welford's method, for numbers so large that their sum is none. */
  #addOneByOne(values: Float64Array): void {
    for (const value of values) {
      if (!Number.isFinite(value)) continue
      this.#count++
      const before = value - this.#mean
      this.#mean += before / this.#count
      this.#squares += before * (value - this.#mean)
    }
  }

  #addTexts(values: readonly (string | null)[]): void {
    for (const value of values) {
      if (value === null) {
        this.#missing++
        continue
      }
      this.#count++
      this.#extend(value.length)
      this.#lengths += value.length
      if (!this.#distinct) continue
      const times = this.#texts.get(value)
      this.#texts.set(value, (times ?? 0) + 1)
      if (times === undefined) this.#kept += value.length
      if (this.#texts.size <= distinctLimit && this.#kept <= keptCharacters) continue
      this.#distinct = false
      this.#texts.clear()
    }
  }

  #extend(value: number): void {
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  finish(): ColumnStatistics {
    const [count, missing] = [this.#count, this.#missing]
    if (this.#type === 'text') {
      const frequent = [...this.#texts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, listedTexts)
      return {
        type: 'text',
        count,
        missing,
        distinct: this.#distinct ? this.#texts.size : null,
        frequent: frequent.map(([value, times]) => ({ value: value.slice(0, 200), count: times })),
        length: { min: count === 0 ? 0 : this.#min, mean: count === 0 ? 0 : this.#lengths / count, max: count === 0 ? 0 : this.#max }
      }
    }
    const infinite = this.#infinite
    if (count === 0) return { type: 'number', count, missing, infinite, min: null, max: null, mean: null, deviation: null, histogram: [] }
    const histogram = new Array<number>(histogramBars).fill(0)
    for (const values of this.#numbers) histogramOf(values, this.#min, this.#max, histogramBars).forEach((rows, bar) => (histogram[bar] = (histogram[bar] ?? 0) + rows))
    return { type: 'number', count, missing, infinite, min: this.#min, max: this.#max, mean: finite(this.#mean), deviation: finite(Math.sqrt(this.#squares / count)), histogram }
  }
}

/** Null for what is beyond the largest double. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
