/** Examples that are the same or nearly so. */
export interface DuplicateGroup {
  /** Ascending; the first is the one to keep. */
  readonly rows: readonly number[]
  /** Similarity of the least similar pair that joined the group, 1 for exact copies. */
  readonly similarity: number
}

/** Joins pairs of rows into groups (union-find); groups in the order of their first rows. */
export class DuplicateGroups {
  readonly #parent: Int32Array
  readonly #similarity = new Map<number, number>()

  constructor(rows: number) {
    this.#parent = Int32Array.from({ length: rows }, (_, row) => row)
  }

  join(a: number, b: number, similarity: number): void {
    const [first, second] = [this.#root(a), this.#root(b)]
    const least = Math.min(similarity, this.#similarity.get(first) ?? 1, this.#similarity.get(second) ?? 1)
    const root = Math.min(first, second)
    this.#parent[Math.max(first, second)] = root
    this.#similarity.set(root, least)
  }

  joined(a: number, b: number): boolean {
    return this.#root(a) === this.#root(b)
  }

  groups(): readonly DuplicateGroup[] {
    const members = new Map<number, number[]>()
    for (let row = 0; row < this.#parent.length; row++) {
      const root = this.#root(row)
      if (root === row && !this.#similarity.has(row)) continue
      const own = members.get(root)
      if (own === undefined) members.set(root, [row])
      else own.push(row)
    }
    return [...members].map(([root, rows]) => ({ rows, similarity: this.#similarity.get(root) ?? 1 }))
  }

  #root(row: number): number {
    let root = row
    while ((this.#parent[root] ?? root) !== root) root = this.#parent[root] ?? root
    // Shortened, so that the next look is quick.
    for (let at = row; at !== root; ) {
      const next = this.#parent[at] ?? root
      this.#parent[at] = root
      at = next
    }
    return root
  }
}
