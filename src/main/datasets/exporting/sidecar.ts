import { open } from 'node:fs/promises'
import * as v from 'valibot'
import type { Dataset } from '../../../shared/domain/dataset.ts'
import type { ExportFormat } from '../../../shared/domain/export.ts'
import type { ImportRequest, ReadOptions } from '../../../shared/domain/import.ts'
import { annotatedColumns } from './annotated-sidecar.ts'
import { neutralised } from '../formats/delimited-writer.ts'
import type { ExportColumn, ExportTable } from './export-table.ts'
import { featureArray } from './file-names.ts'
import { Sidecar, type SidecarColumn } from './sidecar-schema.ts'

/** Largest sidecar that is read, in bytes. */
const largestSidecar = 16 * 1024 * 1024

/** The file beside an exported one. */
export const sidecarPath = (path: string): string => `${path}.weakbench.json`

/** What to put beside an exported file of `bytes` bytes. */
export function sidecarOf(dataset: Dataset, table: ExportTable, format: ExportFormat, bytes: number): Sidecar {
  const columns = format === 'label-studio' || format === 'doccano' ? annotatedColumns(table) : table.columns.map((column) => sidecarColumn(column, format))
  return {
    weakbench: 1,
    name: dataset.name,
    format,
    columns: format === 'npz' ? [{ name: featureArray, role: 'feature' }, ...columns.filter(({ role }) => role !== 'feature')] : columns,
    // Readers of labels leave out spaces at their ends.
    classes: dataset.classes.map(({ name, color, key }) => ({ value: name.trim(), name, color, key })),
    neutralised: true,
    bytes
  }
}

function sidecarColumn({ column, own, role, says, isHistory }: ExportColumn, format: ExportFormat): SidecarColumn {
  // Names are what the file's reader will find: it takes the apostrophe from cells, not from the header.
  const name = format === 'csv' ? neutralised(column.name) : column.name
  const named = { name, ...(own !== null && own !== name ? { own } : {}) }
  if (column.type === 'array') return { ...named, role, shape: [...(column.shape ?? [])], dtype: column.dtype ?? 'float32' }
  const typed = { ...named, role, type: column.type }
  if (isHistory) return { ...typed, role: 'ignore', history: true }
  if (says === null) return typed
  const { kind, name: sourceName } = says.source
  if (says.className !== null) return { ...typed, role: 'ignore', soft: { kind, name: sourceName, class: says.className } }
  return { ...typed, role: role === 'label' ? 'label' : 'ignore', labels: { kind, name: sourceName } }
}

/** The sidecar of a file that is to be imported; null where there is none that can be read. */
export async function readSidecar(path: string): Promise<Sidecar | null> {
  try {
    const text = await beginningOf(sidecarPath(path))
    const parsed = v.safeParse(Sidecar, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    // None, or not ours: the file is imported as any other.
    return null
  }
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size > largestSidecar) throw new Error('The sidecar is too large.')
    return (await file.read(Buffer.alloc(size), 0, size, 0)).buffer.toString('utf8')
  } finally {
    await file.close()
  }
}

/** Options of the reader as far as the sidecar knows them; `unchanged`: nobody has saved the file anew. */
export function sidecarOptions(sidecar: Sidecar, unchanged: boolean): ReadOptions {
  return { neutralised: sidecar.neutralised, header: true, ...(unchanged ? { delimiter: ',', quote: '"', decimal: '.', encoding: 'utf-8' } : {}) }
}

/** A request with what the sidecar knows where a person has not chosen. */
export function withSidecar(request: ImportRequest, sidecar: Sidecar, unchanged: boolean): ImportRequest {
  return {
    ...request,
    columns: request.columns ?? sidecar.columns.map(({ name, role, type }) => ({ name, role, ...(type === undefined ? {} : { type }) })),
    classes: request.classes ?? sidecar.classes,
    options: { ...sidecarOptions(sidecar, unchanged), ...request.options }
  }
}
