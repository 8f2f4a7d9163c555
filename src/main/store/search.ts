import type { Connection } from './connection.ts'

/** Rows a data set can have in the search index. */
const rowSpan = 2 ** 32

/** Full-text search over the text columns of data sets (FTS5; words, without regard to case and diacritics). */
export class SearchRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  #key(datasetId: string): number {
    this.#connection.run('INSERT INTO search_key (dataset_id) VALUES (?) ON CONFLICT (dataset_id) DO NOTHING', datasetId)
    return this.#connection.get<{ key: number }>('SELECT key FROM search_key WHERE dataset_id = ?', datasetId)?.key ?? 0
  }

  /** Rows indexed so far: a search before the index is complete misses the rest. */
  indexed(datasetId: string): number {
    return this.#connection.get<{ indexed: number }>('SELECT indexed FROM search_key WHERE dataset_id = ?', datasetId)?.indexed ?? 0
  }

  /** Adds consecutive rows from `start`, which must be where the index ends. */
  append(datasetId: string, start: number, texts: readonly string[]): void {
    this.#connection.transaction(() => {
      const key = this.#key(datasetId)
      if (this.indexed(datasetId) !== start) throw new Error(`The search index of ${datasetId} does not end at row ${start}.`)
      texts.forEach((text, index) => this.#connection.run('INSERT INTO search_index (rowid, body) VALUES (?, ?)', key * rowSpan + start + index, text))
      this.#connection.run('UPDATE search_key SET indexed = ? WHERE key = ?', start + texts.length, key)
    })
  }

  /**
   * Rows whose texts hold every word, and every phrase in double quotes as it stands; ascending. A last word followed by `*`
   * matches its beginnings.
   */
  rows(datasetId: string, query: string): Int32Array {
    const key = this.#connection.get<{ key: number }>('SELECT key FROM search_key WHERE dataset_id = ?', datasetId)?.key
    const match = matchExpression(query)
    if (key === undefined || match === null) return new Int32Array(0)
    const found = this.#connection.arrays<readonly [number]>(
      'SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid',
      match,
      key * rowSpan,
      (key + 1) * rowSpan - 1
    )
    return Int32Array.from(found, ([rowid]) => rowid - key * rowSpan)
  }

  /** Takes the data set out of the index, before it is deleted for good. */
  forget(datasetId: string): void {
    const key = this.#connection.get<{ key: number }>('SELECT key FROM search_key WHERE dataset_id = ?', datasetId)?.key
    if (key === undefined) return
    this.#connection.run('DELETE FROM search_index WHERE rowid BETWEEN ? AND ?', key * rowSpan, (key + 1) * rowSpan - 1)
    this.#connection.run('DELETE FROM search_key WHERE key = ?', key)
  }
}

/** What a person typed as an expression of FTS5: every piece quoted, so that no operator of its language gets through. */
function matchExpression(query: string): string | null {
  const pieces = [...query.matchAll(/"([^"]*)"?|(\S+)/g)].flatMap(([, phrase, word]) => {
    const text = phrase ?? word ?? ''
    const prefix = phrase === undefined && text.endsWith('*')
    const bare = text.replaceAll('"', ' ').replace(/\*+$/, '')
    // A piece without a letter or digit has no token and would match nothing.
    return /[\p{L}\p{N}]/u.test(bare) ? [`"${bare}"${prefix ? '*' : ''}`] : []
  })
  return pieces.length === 0 ? null : pieces.join(' AND ')
}
