import { splits } from '../../../shared/domain/dataset.ts'
import type { ColumnValues } from '../formats/source-file.ts'
import type { MappedColumn } from './import-mapping.ts'
import type { LabelCodes } from './label-codes.ts'
import { splitIndex } from './split-names.ts'

/** Why a row is left out. */
export interface RowTrouble {
  readonly column: string
  readonly reason: string
  readonly excerpt: string
}

/** Distinct ids that are remembered to find repeated ones; beyond it they are no longer looked for. */
const mostIds = 5_000_000

/** Numbers that grow as rows come: labels and splits, four bytes a row. */
class Growing {
  #values = new Int32Array(8192)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Int32Array(this.#length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = value
  }

  values(): Int32Array {
    return this.#values.slice(0, this.#length)
  }
}

/** Looks at each row's label, split and id before it is taken, and keeps the labels and splits of those that are. */
export class RowCheck {
  readonly #labels: readonly { readonly column: MappedColumn; readonly codes: Growing }[]
  readonly #split: MappedColumn | undefined
  readonly #id: MappedColumn | undefined
  readonly #codes: LabelCodes
  readonly #splits = new Growing()
  readonly #rowOfId = new Map<string | number, number>()

  constructor(columns: readonly MappedColumn[], codes: LabelCodes) {
    this.#labels = columns.filter(({ role }) => role === 'label').map((column) => ({ column, codes: new Growing() }))
    this.#split = columns.find(({ role }) => role === 'split')
    this.#id = columns.find(({ role }) => role === 'id')
    this.#codes = codes
  }

  /** Notes what the row says; null when it fits, else nothing of it is kept. */
  take(columns: readonly ColumnValues[], row: number, rowNumber: number): RowTrouble | null {
    const found: number[] = []
    for (const { column } of this.#labels) {
      const value = valueAt(columns, column, row)
      const code = this.#codes.code(value)
      if (code === null) return trouble(column, value, 'is none of the classes')
      found.push(code)
    }
    const splitValue = this.#split && valueAt(columns, this.#split, row)
    const split = splitValue === undefined ? -1 : splitIndex(splitValue)
    if (split === null) return trouble(this.#split, splitValue ?? null, `is no split (${splits.join(', ')}, train, dev)`)
    const id = this.#id && valueAt(columns, this.#id, row)
    if (id !== undefined && id !== null) {
      const before = this.#rowOfId.get(id)
      if (before !== undefined) return trouble(this.#id, id, `is also the id of row ${before}`)
      if (this.#rowOfId.size < mostIds) this.#rowOfId.set(id, rowNumber)
    }
    this.#labels.forEach(({ codes }, place) => codes.push(found[place] ?? -1))
    this.#splits.push(split)
    return null
  }

  /** Codes of each label column for the rows taken. */
  labels(): readonly { readonly column: string; readonly codes: Int32Array }[] {
    return this.#labels.map(({ column, codes }) => ({ column: column.source.name, codes: codes.values() }))
  }

  /** Index into `splits` of each row taken, -1 where none is given; null without a split column. */
  splits(): Int32Array | null {
    return this.#split === undefined ? null : this.#splits.values()
  }
}

function valueAt(columns: readonly ColumnValues[], { index }: MappedColumn, row: number): string | number | null {
  const values = columns[index]
  if (values?.type === 'text') return values.values[row] ?? null
  const value = values?.type === 'number' ? (values.values[row] ?? Number.NaN) : Number.NaN
  return Number.isNaN(value) ? null : value
}

const trouble = (column: MappedColumn | undefined, value: string | number | null, what: string): RowTrouble => ({
  column: column?.source.name ?? '',
  reason: `"${String(value).slice(0, 60)}" ${what}.`,
  excerpt: String(value).slice(0, 200)
})
