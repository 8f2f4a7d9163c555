import { isArray, numericShape, sameShape, type JsonObject, type JsonValue } from './json-value.ts'
import type { SourceColumn } from './source-file.ts'

/** Values of one field so far. */
interface SeenField {
  numbers: number
  others: number
  arrays: number
  /** Shape of all arrays; null once two differ. */
  shape: readonly number[] | null
}

/**
 * Finds the columns of objects: every field that occurs, in order of appearance. Numbers make a number column; arrays of
 * numbers of one shape in every row an array column; anything else, or a mixture, a text column.
 */
export class JsonColumnInference {
  readonly #fields = new Map<string, SeenField>()
  #rows = 0

  see(row: JsonObject): void {
    this.#rows += 1
    for (const [name, value] of Object.entries(row)) this.#seeValue(this.#field(name), value)
  }

  get size(): number {
    return this.#fields.size
  }

  columns(): readonly SourceColumn[] {
    return [...this.#fields].map(([name, field]) => {
      if (field.numbers > 0 && field.others === 0 && field.arrays === 0) return { name, type: 'number' }
      if (field.arrays === this.#rows && field.shape !== null) return { name, type: 'array', shape: field.shape, dtype: 'float32' }
      return { name, type: 'text' }
    })
  }

  #field(name: string): SeenField {
    const known = this.#fields.get(name)
    if (known !== undefined) return known
    const field: SeenField = { numbers: 0, others: 0, arrays: 0, shape: null }
    this.#fields.set(name, field)
    return field
  }

  #seeValue(field: SeenField, value: JsonValue): void {
    if (value === null) return
    if (typeof value === 'number') field.numbers += 1
    else {
      const shape = isArray(value) ? numericShape(value) : null
      if (shape === null) field.others += 1
      else if (field.arrays === 0) {
        field.arrays = 1
        field.shape = shape
      } else {
        field.arrays += 1
        if (field.shape !== null && !sameShape(field.shape, shape)) field.shape = null
      }
    }
  }
}
