import type { RowSample, VersionDifference } from '../../shared/domain/data-view.ts'

/** A version as far as a comparison needs it: rows, and the split and label (-1: none) of each. */
export interface ComparedVersion {
  readonly rows: Int32Array
  readonly splits: Uint8Array
  readonly labels: Int32Array
}

/** Rows listed of each kind of difference, and of each pair of classes; further pairs are only counted. */
const listedRows = 1000
const listedOfPair = 200
const listedPairs = 200

/** What changed from one version of a data set to another: rows that came and went, other labels, other splits. */
export function versionDifference(before: ComparedVersion, after: ComparedVersion): VersionDifference {
  const placeBefore = new Map(Array.from(before.rows, (row, place) => [row, place]))
  const [added, removed, relabelled, moved] = [new Sample(), new Sample(), new Sample(), new Sample()]
  const byClass = new Map<string, { readonly from: number; readonly to: number; readonly rows: Sample }>()
  after.rows.forEach((row, place) => {
    const old = placeBefore.get(row)
    if (old === undefined) return added.add(row)
    placeBefore.delete(row)
    const [from, to] = [before.labels[old] ?? -1, after.labels[place] ?? -1]
    if (from !== to) {
      relabelled.add(row)
      const key = `${from} ${to}`
      const pair = byClass.get(key) ?? { from, to, rows: new Sample(listedOfPair) }
      pair.rows.add(row)
      byClass.set(key, pair)
    }
    if (before.splits[old] !== after.splits[place]) moved.add(row)
  })
  for (const row of placeBefore.keys()) removed.add(row)
  return {
    added: added.sample(),
    removed: removed.sample(),
    relabelled: relabelled.sample(),
    moved: moved.sample(),
    byClass: [...byClass.values()]
      .map(({ from, to, rows }) => ({ from, to, ...rows.sample() }))
      .sort((a, b) => b.count - a.count || a.from - b.from || a.to - b.to)
      .map((pair, place) => (place < listedPairs ? pair : { ...pair, rows: [] }))
  }
}

class Sample {
  readonly #rows: number[] = []
  readonly #most: number
  #count = 0

  constructor(most = listedRows) {
    this.#most = most
  }

  add(row: number): void {
    if (this.#count++ < this.#most) this.#rows.push(row)
  }

  sample(): RowSample {
    return { count: this.#count, rows: this.#rows }
  }
}
