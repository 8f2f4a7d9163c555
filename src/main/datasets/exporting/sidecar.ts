import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import type { Dataset } from '../../../shared/domain/dataset.ts'
import type { ExportFormat } from '../../../shared/domain/export.ts'
import { ColumnMapping, ImportClass, type ImportRequest } from '../../../shared/domain/import.ts'
import type { ExportTable } from './export-table.ts'

/** What an exported file cannot say itself: roles of its columns, and classes with their colours, keys and order. */
const Sidecar = v.object({
  weakbench: v.literal(1),
  name: v.string(),
  columns: v.array(ColumnMapping),
  classes: v.array(ImportClass),
  /** Formula-like texts have an apostrophe before them. */
  neutralised: v.boolean()
})
export type Sidecar = v.InferOutput<typeof Sidecar>

/** Largest sidecar that is read, in bytes. */
const largestSidecar = 16 * 1024 * 1024

/** The file beside an exported one. */
export const sidecarPath = (path: string): string => `${path}.weakbench.json`

/** Name of the array that holds all features of an NPZ. */
export const featureArray = 'X'

export function sidecarOf(dataset: Dataset, table: ExportTable, format: ExportFormat): Sidecar {
  const columns = table.columns.map(({ column, role }): ColumnMapping => ({ name: column.name, role, ...(column.type === 'array' ? {} : { type: column.type }) }))
  return {
    weakbench: 1,
    name: dataset.name,
    columns: format === 'npz' ? [{ name: featureArray, role: 'feature' }, ...columns.filter(({ role }) => role !== 'feature')] : columns,
    classes: dataset.classes.map(({ name, color, key }) => ({ value: name, name, color, key })),
    neutralised: true
  }
}

/** The sidecar of a file that is to be imported; null where there is none that can be read. */
export async function readSidecar(path: string): Promise<Sidecar | null> {
  try {
    const text = await readFile(sidecarPath(path), 'utf8')
    if (text.length > largestSidecar) return null
    const parsed = v.safeParse(Sidecar, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    // None, or not ours: the file is imported as any other.
    return null
  }
}

/** A request with what the sidecar knows where a person has not chosen. */
export function withSidecar(request: ImportRequest, sidecar: Sidecar | null): ImportRequest {
  if (sidecar === null) return request
  return {
    ...request,
    columns: request.columns ?? sidecar.columns,
    classes: request.classes ?? sidecar.classes,
    options: { ...request.options, neutralised: request.options.neutralised ?? sidecar.neutralised }
  }
}
