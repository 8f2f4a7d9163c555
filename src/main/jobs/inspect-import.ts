import { basename } from 'node:path'
import * as v from 'valibot'
import { importFormats, type ImportPreview, ImportRequest, type PreviewColumn, ReadOptions } from '../../shared/domain/import.ts'
import { openForImport } from '../datasets/exporting/open-exported.ts'
import type { ColumnValues, SourceBatch, SourceFile } from '../datasets/formats/source-file.ts'
import { guessRoles } from '../datasets/importing/import-mapping.ts'
import { LabelCodes } from '../datasets/importing/label-codes.ts'
import { sampleOf } from '../datasets/importing/sample-values.ts'

const Input = v.object({ path: v.string(), format: v.optional(v.picklist(importFormats)), options: ReadOptions })

/** Rows shown, bad rows listed, and distinct values counted at most. */
const shownRows = 50
const listedRejects = 100
const mostDistinct = 1000

/** What a file looks like, from its first batch: columns with guessed roles, some rows, and what is wrong with it. */
export async function inspectImport(input: unknown): Promise<ImportPreview> {
  const asked = v.parse(Input, input)
  const { path } = asked
  const { file, request, sidecar } = await openForImport(v.parse(ImportRequest, { ...asked, name: 'preview' }))
  try {
    const batch = await firstBatch(file)
    const samples = batch.columns.map((column) => sampleOf(column, 1000))
    const known = new Map(sidecar?.columns.map(({ name, role }) => [name, role]))
    const roles = guessRoles(file.columns, file.format, samples).map((role, index) => known.get(file.columns[index]?.name ?? '') ?? role)
    const columns = file.columns.map((column, index): PreviewColumn => {
      const values = samples[index] ?? []
      return {
        name: column.name,
        type: column.type,
        shape: column.shape ?? null,
        role: roles[index] ?? 'meta',
        distinct: Math.min(mostDistinct, new Set(values).size),
        missing: values.filter((value) => value === null).length
      }
    })
    return {
      path,
      name: sidecar?.name ?? nameOf(path),
      format: file.format,
      options: { ...request.options, ...file.detected },
      bytes: file.bytes,
      rows: file.rows,
      columns,
      sample: Array.from({ length: Math.min(shownRows, batch.rowNumbers.length) }, (_, row) => batch.columns.map((column, index) => cellText(column, row, file.columns[index]?.shape))),
      classes: sidecar?.classes ?? classesOf(columns, batch.columns),
      rejected: batch.rejected.slice(0, listedRejects),
      warnings: file.warnings
    }
  } finally {
    await file.close()
  }
}

/** The file's name without its endings. */
const nameOf = (path: string): string => basename(path).replace(/(\.[A-Za-z0-9]{1,8})?(\.gz)?$/i, '') || basename(path)

const nothing: SourceBatch = { rowNumbers: new Float64Array(0), columns: [], rejected: [], fraction: 1 }

async function firstBatch(file: SourceFile): Promise<SourceBatch> {
  const abort = new AbortController()
  for await (const batch of file.batches(abort.signal)) return batch
  return nothing
}

function cellText(column: ColumnValues, row: number, shape: readonly number[] = []): string | null {
  if (column.type === 'array') return `${shape.join(' × ')} numbers`
  const value = column.values[row] ?? null
  return value === null || Number.isNaN(value) ? null : String(value).slice(0, 300)
}

function classesOf(columns: readonly PreviewColumn[], values: readonly ColumnValues[]): ImportPreview['classes'] {
  const codes = new LabelCodes(null)
  columns.forEach(({ role }, index) => {
    const column = values[index]
    if (role !== 'label' || column === undefined || column.type === 'array') return
    for (const value of column.values) {
      if (codes.size >= mostDistinct) return
      codes.code(value)
    }
  })
  return codes.settle().classes.map(({ name, color, key }) => ({ value: name, name, color, key }))
}
