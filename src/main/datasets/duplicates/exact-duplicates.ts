import { createHash } from 'node:crypto'
import { DuplicateGroups, type DuplicateGroup } from './duplicate-groups.ts'

/** Finds rows with the same content by their SHA-256; rows are given in order, each once. */
export class ExactDuplicates {
  readonly #groups: DuplicateGroups
  readonly #firstOf = new Map<string, number>()

  constructor(rows: number) {
    this.#groups = new DuplicateGroups(rows)
  }

  /** @param content the bytes and texts of the row, which are kept apart from each other; null is a missing text */
  add(row: number, content: readonly (Uint8Array | string | null)[]): void {
    const hash = createHash('sha256')
    for (const part of content) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part
      hash.update(`${bytes === null ? 'none' : bytes.length} `)
      if (bytes !== null) hash.update(bytes)
    }
    const key = hash.digest('base64')
    const first = this.#firstOf.get(key)
    if (first === undefined) this.#firstOf.set(key, row)
    else this.#groups.join(first, row, 1)
  }

  groups(): readonly DuplicateGroup[] {
    return this.#groups.groups()
  }
}
