import type { QuarantinedRow } from '../../shared/domain/import.ts'
import type { Connection } from './connection.ts'

/** Rows that an import left out, with the reason of each; and what else it had to report. */
export class ImportReportRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Adds rows to the list, in file order. */
  quarantine(datasetId: string, rows: readonly QuarantinedRow[]): void {
    this.#connection.transaction(() => {
      let ordinal = this.quarantined(datasetId)
      for (const { row, line, column, reason, excerpt } of rows) {
        this.#connection.run('INSERT INTO quarantine (dataset_id, ordinal, row, line, "column", reason, excerpt) VALUES (?, ?, ?, ?, ?, ?, ?)', datasetId, ordinal++, row, line, column, reason, excerpt)
      }
    })
  }

  /** How many rows were left out. */
  quarantined(datasetId: string): number {
    return this.#connection.get<{ n: number }>('SELECT count(*) AS n FROM quarantine WHERE dataset_id = ?', datasetId)?.n ?? 0
  }

  /** A page of the list. */
  page(datasetId: string, offset: number, limit: number): readonly QuarantinedRow[] {
    return this.#connection.all('SELECT row, line, "column", reason, excerpt FROM quarantine WHERE dataset_id = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?', datasetId, offset, limit)
  }

  /** Stores a report in place of the one of its kind. */
  setReport(datasetId: string, kind: string, report: unknown): void {
    this.#connection.run('INSERT OR REPLACE INTO dataset_report (dataset_id, kind, at, report) VALUES (?, ?, ?, ?)', datasetId, kind, Date.now(), JSON.stringify(report))
  }

  /** The newest report of a kind, or undefined. */
  report(datasetId: string, kind: string): unknown {
    const row = this.#connection.get<{ report: string }>('SELECT report FROM dataset_report WHERE dataset_id = ? AND kind = ?', datasetId, kind)
    return row && (JSON.parse(row.report) as unknown)
  }
}
