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
  const counts = new Array<number>(bars).fill(0)
  // From the lowest to the highest double is more than a double can hold; halves are not.
  const scale = Number.isFinite(max - min) ? 1 : 0.5
  const width = max * scale - min * scale
  for (const value of values) {
    if (Number.isNaN(value) || value < min || value > max) continue
    const bar = width > 0 ? Math.min(bars - 1, Math.floor(((value * scale - min * scale) / width) * bars)) : 0
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  return counts
}

/** What a column's header shows, gathered block by block. Mean and deviation by Welford's method. */
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

  add(values: ColumnSlice): void {
    if (values.type === 'number') this.#addNumbers(values.values)
    else this.#addTexts(values.values)
  }

  #addNumbers(values: Float64Array): void {
    this.#numbers.push(values)
    for (const value of values) {
      if (Number.isNaN(value)) {
        this.#missing++
        continue
      }
      // Infinities are values, found and sorted as such, but have no place in a mean or a bar.
      if (!Number.isFinite(value)) {
        this.#infinite++
        continue
      }
      this.#count++
      this.#extend(value)
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
