import * as v from 'valibot'
import type { DuplicateReport } from '../../../shared/domain/data-view.ts'
import type { ImportReport, QuarantinedRow } from '../../../shared/domain/import.ts'
import { toCsv } from '../../charts/csv.ts'
import { strings } from '../../strings.ts'

const Duplicates = v.array(
  v.object({ at: v.number(), kind: v.picklist(['exact', 'image', 'text']), groups: v.array(v.object({ rows: v.array(v.number()), similarity: v.number() })), extra: v.number(), total: v.number(), complete: v.boolean() })
)
const Import = v.object({ rows: v.number(), rejected: v.number(), seconds: v.number(), warnings: v.array(v.string()) })

/** Reports cross the contract as whatever their job wrote: these say whether they are what this window knows. */
export const isDuplicateReports = (value: unknown): value is readonly DuplicateReport[] => v.is(Duplicates, value)
export const isImportReport = (value: unknown): value is ImportReport => v.is(Import, value)

/** Rows left out as CSV, with a header. */
export function quarantineCsv(rows: readonly QuarantinedRow[]): string {
  const texts = strings.data.panels.report
  return toCsv([texts.row, texts.line, texts.column, texts.reason, texts.excerpt], rows.map((one) => [one.row, one.line, one.column, one.reason, one.excerpt]))
}
