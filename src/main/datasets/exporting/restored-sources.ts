import type { ImportClass } from '../../../shared/domain/import.ts'
import type { ColumnValues, SourceColumn } from '../formats/source-file.ts'
import { EditHistory, type LabelsOf, type SaidBy } from './edit-history.ts'
import type { Sidecar } from './sidecar-schema.ts'

/** Probabilities of the classes for consecutive rows. */
export interface RestoredProbabilities extends SaidBy {
  readonly start: number
  readonly classes: number
  readonly probabilities: Float32Array
}

/** Rows whose probabilities are handed over at a time. */
const softRows = 8192

/** What an exported file says of label sources beside the labels that any file may have: labels of models, soft labels, and the history of edits. */
export class RestoredSources {
  readonly #labels: { readonly source: SaidBy; readonly place: number; values: Int32Array }[] = []
  readonly #soft = new Map<string, { readonly source: SaidBy; readonly places: readonly { readonly place: number; readonly position: number }[]; values: Float32Array }>()
  readonly #history: { readonly place: number; readonly edits: EditHistory } | null
  readonly #sidecar: Sidecar | null
  readonly #positions: ReadonlyMap<string, number>
  readonly #classes: number
  #rows = 0

  /** @param classes the classes of the import, in their order; the sidecar's, unless a person chose others */
  constructor(sidecar: Sidecar | null, columns: readonly SourceColumn[], classes: readonly ImportClass[] | null) {
    this.#sidecar = sidecar
    this.#positions = new Map((classes ?? []).map(({ value }, position) => [value, position]))
    this.#classes = classes?.length ?? 0
    const places = new Map(columns.map(({ name }, place) => [name, place]))
    let history: number | undefined
    for (const { name, role, labels, soft, history: isHistory } of sidecar?.columns ?? []) {
      const place = places.get(name)
      if (place === undefined) continue
      if (isHistory === true) history = place
      if (labels !== undefined && role === 'ignore') this.#labels.push({ source: labels, place, values: new Int32Array(0) })
      const position = soft === undefined ? undefined : this.#positions.get(soft.class.trim())
      if (soft === undefined || position === undefined) continue
      const key = JSON.stringify([soft.kind, soft.name])
      this.#soft.set(key, { source: soft, places: [...(this.#soft.get(key)?.places ?? []), { place, position }], values: new Float32Array(0) })
    }
    this.#history = history === undefined ? null : { place: history, edits: new EditHistory(this.#positions) }
  }

  /** The name in the data set of a column that the file has under another. */
  ownName(name: string): string {
    return this.#sidecar?.columns.find((column) => column.name === name)?.own ?? name
  }

  /** The source whose labels a column of the file holds; undefined where the sidecar does not say. */
  labelSource(name: string): SaidBy | undefined {
    return this.#sidecar?.columns.find((column) => column.name === name)?.labels
  }

  /** Notes what the rows from `from` up to `to` of a batch say; they are the next rows of the data set. */
  take(columns: readonly ColumnValues[], from: number, to: number): void {
    const count = to - from
    for (const each of this.#labels) {
      each.values = grown(each.values, this.#rows + count)
      const values = columns[each.place]
      for (let row = 0; row < count; row++) {
        const name = values?.type === 'text' ? values.values[from + row] : values?.type === 'number' ? String(values.values[from + row]) : null
        each.values[this.#rows + row] = name === null || name === undefined ? -1 : (this.#positions.get(name.trim()) ?? -1)
      }
    }
    for (const each of this.#soft.values()) {
      each.values = grown(each.values, (this.#rows + count) * this.#classes)
      each.values.fill(Number.NaN, this.#rows * this.#classes, (this.#rows + count) * this.#classes)
      for (const { place, position } of each.places) {
        const values = columns[place]
        if (values?.type !== 'number') continue
        for (let row = 0; row < count; row++) each.values[(this.#rows + row) * this.#classes + position] = values.values[from + row] ?? Number.NaN
      }
    }
    const texts = this.#history === null ? undefined : columns[this.#history.place]
    if (texts?.type === 'text') for (let row = 0; row < count; row++) this.#history?.edits.add(this.#rows + row, texts.values[from + row] ?? null)
    this.#rows += count
  }

  /** What the history says, oldest first; to be written before anything else of these sources. */
  history(): Iterable<LabelsOf> {
    return this.#history?.edits.batches(this.#rows) ?? []
  }

  /** What of a source's labels the history does not say already; null where it says them all. */
  beyondHistory(source: SaidBy, labels: Int32Array): LabelsOf | null {
    const known = this.#history?.edits.inForce(source, this.#rows)
    if (known === undefined) return { ...source, rows: null, labels, at: null }
    const rows = Int32Array.from(labels.keys()).filter((row) => labels[row] !== known[row])
    return rows.length === 0 ? null : { ...source, rows, labels: rows.map((row) => labels[row] ?? -1), at: null }
  }

  /** Labels of sources that no label column is for. */
  *labels(): Generator<LabelsOf> {
    for (const { source, values } of this.#labels) {
      const fresh = this.beyondHistory({ kind: source.kind, name: source.name }, values.subarray(0, this.#rows))
      if (fresh !== null && fresh.labels.some((label) => label >= 0 || fresh.rows !== null)) yield fresh
    }
  }

  *probabilities(): Generator<RestoredProbabilities> {
    for (const { source, values } of this.#soft.values()) {
      for (let start = 0; start < this.#rows; start += softRows) {
        const end = Math.min(this.#rows, start + softRows)
        yield { kind: source.kind, name: source.name, start, classes: this.#classes, probabilities: values.slice(start * this.#classes, end * this.#classes) }
      }
    }
  }
}

function grown<Values extends Int32Array | Float32Array>(values: Values, length: number): Values {
  if (length <= values.length) return values
  const larger = values instanceof Int32Array ? new Int32Array(Math.max(length, 2 * values.length)) : new Float32Array(Math.max(length, 2 * values.length))
  larger.set(values)
  return larger as Values
}
