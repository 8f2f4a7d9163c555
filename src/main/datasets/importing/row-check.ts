import { splits } from '../../../shared/domain/dataset.ts'
import { isMissing, type TextColumn, textAt } from '../../store/text-chunk.ts'
import type { ColumnValues } from '../formats/source-file.ts'
import type { MappedColumn } from './import-mapping.ts'
import { mostClasses, type LabelCodes } from './label-codes.ts'
import { KnownTexts } from './known-texts.ts'
import { RowIds } from './row-ids.ts'
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

  /** Adds the values of rows from `from` on, those in trouble left out. */
  add(values: Int32Array, from: number, troubles: ReadonlyMap<number, unknown>): void {
    const length = this.#length + values.length - troubles.size
    if (length > this.#values.length) {
      const larger = new Int32Array(Math.max(length, this.#values.length * 2))
      larger.set(this.#values)
      this.#values = larger
    }
    if (troubles.size === 0) this.#values.set(values, this.#length)
    else this.#values.set(values.filter((_, index) => !troubles.has(from + index)), this.#length)
    this.#length = length
  }

  values(): Int32Array {
    return this.#values.slice(0, this.#length)
  }
}

/** Codes of label values seen lately, as the column holds them. */
interface KnownLabels {
  readonly values: Map<string | number, number>
  readonly texts: KnownTexts
}

/** Looks at each row's label, split and id before it is taken, and keeps the labels and splits of those that are. */
export class RowCheck {
  readonly #labels: readonly { readonly column: MappedColumn; readonly codes: Growing; readonly known: KnownLabels }[]
  readonly #split: MappedColumn | undefined
  readonly #id: MappedColumn | undefined
  readonly #codes: LabelCodes
  readonly #splits = new Growing()
  readonly #ids = new RowIds(mostIds)

  constructor(columns: readonly MappedColumn[], codes: LabelCodes) {
    this.#labels = columns.filter(({ role }) => role === 'label').map((column) => ({ column, codes: new Growing(), known: { values: new Map<string | number, number>(), texts: new KnownTexts() } }))
    this.#split = columns.find(({ role }) => role === 'split')
    this.#id = columns.find(({ role }) => role === 'id')
    this.#codes = codes
  }

  /** Notes what the row says; null when it fits, else nothing of it is kept. */
  take(columns: readonly ColumnValues[], row: number, rowNumber: number): RowTrouble | null {
    return this.takeAll(columns, row, row + 1, Float64Array.of(rowNumber)).get(row) ?? null
  }

  /**
   * Notes what the rows from `from` up to `to` say, column by column; those that do not fit are returned with their trouble, and
   * nothing of them is kept.
   */
  takeAll(columns: readonly ColumnValues[], from: number, to: number, rowNumbers: Float64Array): ReadonlyMap<number, RowTrouble> {
    const troubles = new Map<number, RowTrouble>()
    const found = this.#labels.map(({ column, known }) => this.#codesOf(columns, column, known, from, to, troubles))
    const splitsFound = this.#split === undefined ? null : this.#splitsOf(columns, this.#split, from, to, troubles)
    if (this.#id !== undefined) this.#checkIds(columns, this.#id, from, to, rowNumbers, troubles)
    this.#labels.forEach(({ codes }, place) => codes.add(found[place] ?? new Int32Array(0), from, troubles))
    if (splitsFound !== null) this.#splits.add(splitsFound, from, troubles)
    return troubles
  }

  #codesOf(columns: readonly ColumnValues[], column: MappedColumn, known: KnownLabels, from: number, to: number, troubles: Map<number, RowTrouble>): Int32Array {
    const found = new Int32Array(to - from)
    const values = columns[column.index]
    const texts = values?.type === 'text' ? values.texts : undefined
    for (let row = from; row < to; row++) {
      if (troubles.size > 0 && troubles.has(row)) continue
      const code = texts === undefined ? this.#codeOf(valueAt(columns, column, row), known.values) : this.#codeOfText(texts, row, known.texts)
      if (code === null) troubles.set(row, trouble(column, valueAt(columns, column, row), 'is none of the classes'))
      else found[row - from] = code
    }
    return found
  }

  #codeOf(value: string | number | null, known: Map<string | number, number>): number | null {
    if (value === null) return -1
    const before = known.get(value)
    if (before !== undefined) return before
    const code = this.#codes.code(value)
    if (code !== null && known.size < mostClasses) known.set(value, code)
    return code
  }

  #codeOfText(texts: TextColumn, row: number, known: KnownTexts): number | null {
    if (isMissing(texts, row)) return -1
    const { bytes, offsets } = texts
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number]
    const before = known.code(bytes, start, end)
    if (before !== undefined) return before
    const code = this.#codes.code(textAt(texts, row))
    if (code !== null) known.keep(bytes, start, end, code)
    return code
  }

  #splitsOf(columns: readonly ColumnValues[], column: MappedColumn, from: number, to: number, troubles: Map<number, RowTrouble>): Int32Array {
    const found = new Int32Array(to - from)
    for (let row = from; row < to; row++) {
      if (troubles.has(row)) continue
      const value = valueAt(columns, column, row)
      const split = splitIndex(value)
      if (split === null) troubles.set(row, trouble(column, value, `is no split (${splits.join(', ')}, train, dev)`))
      else found[row - from] = split
    }
    return found
  }

  #checkIds(columns: readonly ColumnValues[], column: MappedColumn, from: number, to: number, rowNumbers: Float64Array, troubles: Map<number, RowTrouble>): void {
    const values = columns[column.index]
    const first = values?.type === 'number' && troubles.size === 0 ? this.#ids.addGrowing(values.values, from, to, rowNumbers) : from
    for (let row = first; row < to; row++) {
      if (troubles.size > 0 && troubles.has(row)) continue
      const id = valueAt(columns, column, row)
      if (id === null) continue
      const before = this.#ids.add(id, rowNumbers[row - from] ?? 0)
      if (before !== undefined) troubles.set(row, trouble(column, id, `is also the id of row ${before}`))
    }
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
  if (values?.type === 'text') return values.texts === undefined ? (values.values[row] ?? null) : textAt(values.texts, row)
  const value = values?.type === 'number' ? (values.values[row] ?? Number.NaN) : Number.NaN
  return Number.isNaN(value) ? null : value
}

const trouble = (column: MappedColumn | undefined, value: string | number | null, what: string): RowTrouble => ({
  column: column?.source.name ?? '',
  reason: `"${String(value).slice(0, 60)}" ${what}.`,
  excerpt: String(value).slice(0, 200)
})
