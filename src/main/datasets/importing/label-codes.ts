import { BenchError } from '../../../shared/contract/errors.ts'
import { classColor, classKey } from '../../../shared/domain/class-looks.ts'
import type { DatasetClass } from '../../../shared/domain/dataset.ts'
import type { ImportClass } from '../../../shared/domain/import.ts'

/** Classes a data set can have at most; more distinct values than this are no classes. */
export const mostClasses = 10_000

/** How a value of a label column reads as text: whole numbers without a point. */
export const labelText = (value: number | string | null): string | null => (value === null || Number.isNaN(value) || value === '' ? null : String(value).trim())

/**
 * Turns the values of label columns into class positions. Where the classes are given, other values are refused; else classes are
 * the values found, numbers in their order first, then texts in alphabetical order, so that the order of rows does not matter.
 */
export class LabelCodes {
  readonly #given: readonly ImportClass[] | null
  readonly #codes = new Map<string, number>()

  constructor(given: readonly ImportClass[] | null) {
    this.#given = given
    given?.forEach(({ value }, position) => this.#codes.set(value, position))
  }

  /** Distinct values so far. */
  get size(): number {
    return this.#codes.size
  }

  /**
   * A number that stands for the value until `settle`; -1 for a missing one, null for one that is no class.
   *
   * @throws BenchError `bad-data` for a column of more distinct values than classes can be
   */
  code(value: number | string | null): number | null {
    const text = labelText(value)
    if (text === null) return -1
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    if (this.#given !== null) return null
    if (this.#codes.size >= mostClasses) throw new BenchError('bad-data', `The label column has more than ${mostClasses.toLocaleString('en')} distinct values, so they are no classes.`, { field: 'columns', hint: 'Choose another label column, or keep this one to look at (meta).' })
    this.#codes.set(text, this.#codes.size)
    return this.#codes.size - 1
  }

  /** The classes in their final order, and the position of each code. */
  settle(): { readonly classes: readonly DatasetClass[]; readonly positionOf: Int32Array } {
    const order = this.#given ?? [...this.#codes.keys()].sort(compareValues).map((value) => ({ value, name: value }))
    const positionOf = new Int32Array(this.#codes.size)
    order.forEach(({ value }, position) => (positionOf[this.#codes.get(value) ?? 0] = position))
    const classes = order.map((item: ImportClass, position) => ({ position, name: item.name, color: item.color ?? classColor(position), key: item.key ?? classKey(position) }))
    return { classes, positionOf }
  }
}

/** Numbers by size before texts by code point; a text that reads as a number counts as one. */
export function compareValues(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  const [numberA, numberB] = [a !== '' && Number.isFinite(x), b !== '' && Number.isFinite(y)]
  if (numberA && numberB) return x - y || (a < b ? -1 : 1)
  if (numberA !== numberB) return numberA ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
