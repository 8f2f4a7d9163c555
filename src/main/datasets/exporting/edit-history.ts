import * as v from 'valibot'
import { labelSourceKinds, type LabelSource } from '../../../shared/domain/dataset.ts'

/** A label source, as a file names it. */
export type SaidBy = Pick<LabelSource, 'kind' | 'name'>

/** Labels of some rows of a source; `rows` null: of all rows from the first on. */
export interface LabelsOf extends SaidBy {
  readonly rows: Int32Array | null
  /** Class positions, -1 for none. */
  readonly labels: Int32Array
  /** When it was said, in milliseconds since 1970; null: now. */
  readonly at: number | null
}

/** The history of a row as an export writes it, newest first. */
const RowHistory = v.array(v.object({ kind: v.picklist(labelSourceKinds), source: v.string(), label: v.nullable(v.string()), at: v.string() }))

/** Gathers the histories of rows, and gives them back as what each source said at each moment. */
export class EditHistory {
  readonly #positions: ReadonlyMap<string, number>
  readonly #sources: SaidBy[] = []
  readonly #sourceIndex = new Map<string, number>()
  // A number an event in each: a million events are no million objects.
  readonly #of: number[] = []
  readonly #rows: number[] = []
  readonly #labels: number[] = []
  readonly #at: number[] = []
  /** By what events are ordered: no event of a row before those that it followed, even where a clock was set back between them. */
  readonly #key: number[] = []
  readonly #rank: number[] = []

  /** @param positions of the classes, by their names without spaces at the ends */
  constructor(positions: ReadonlyMap<string, number>) {
    this.#positions = positions
  }

  /** Takes a row's history; text that is none, and labels of classes that are none, are passed over. */
  add(row: number, text: string | null): void {
    const parsed = text === null ? null : v.safeParse(RowHistory, parsedJson(text))
    if (parsed?.success !== true) return
    let [key, rank] = [-Infinity, 0]
    for (const { kind, source, label, at } of parsed.output.toReversed()) {
      const moment = Date.parse(at)
      const position = label === null ? -1 : this.#positions.get(label.trim())
      if (Number.isNaN(moment) || position === undefined) continue
      rank = moment > key ? 0 : rank + 1
      key = Math.max(key, moment)
      this.#key.push(key)
      this.#rank.push(rank)
      this.#of.push(this.#indexOf({ kind, name: source }))
      this.#rows.push(row)
      this.#labels.push(position)
      this.#at.push(moment)
    }
  }

  /** What each source said at each moment, oldest first. */
  *batches(count: number): Generator<LabelsOf> {
    const order = this.#ordered()
    const seen = new Int32Array(count).fill(-1)
    for (let from = 0; from < order.length;) {
      const [source, at] = [this.#of[order[from] ?? 0] ?? 0, this.#at[order[from] ?? 0] ?? 0]
      let to = from
      // A row that is named twice begins another batch: within one, its order would be lost.
      for (let event = order[to]; event !== undefined && this.#of[event] === source && this.#at[event] === at && seen[this.#rows[event] ?? 0] !== from; event = order[++to]) seen[this.#rows[event] ?? 0] = from
      const events = order.subarray(from, to)
      const rows = events.map((event) => this.#rows[event] ?? 0)
      const isWhole = rows.length === count && rows.every((row, index) => row === index)
      yield { ...(this.#sources[source] ?? { kind: 'given', name: '' }), rows: isWhole ? null : rows, labels: events.map((event) => this.#labels[event] ?? -1), at }
      from = to
    }
  }

  /** The labels in force of a source after all of its history; undefined where there is none of it. */
  inForce(source: SaidBy, count: number): Int32Array | undefined {
    const index = this.#sourceIndex.get(JSON.stringify([source.kind, source.name]))
    if (index === undefined) return undefined
    const labels = new Int32Array(count).fill(-1)
    for (const event of this.#ordered()) if (this.#of[event] === index) labels[this.#rows[event] ?? 0] = this.#labels[event] ?? -1
    return labels
  }

  /** The events by time; those of one moment as they came. */
  #ordered(): Int32Array {
    const difference = (values: readonly number[], left: number, right: number): number => (values[left] ?? 0) - (values[right] ?? 0)
    return Int32Array.from(this.#at.keys()).sort((left, right) => difference(this.#key, left, right) || difference(this.#rank, left, right) || left - right)
  }

  #indexOf(source: SaidBy): number {
    const key = JSON.stringify([source.kind, source.name])
    const known = this.#sourceIndex.get(key)
    if (known !== undefined) return known
    this.#sourceIndex.set(key, this.#sources.length)
    return this.#sources.push(source) - 1
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
