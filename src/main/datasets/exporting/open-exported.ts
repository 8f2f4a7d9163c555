import { stat } from 'node:fs/promises'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { ExportFormat } from '../../../shared/domain/export.ts'
import type { ColumnMapping, ImportFormat, ImportRequest } from '../../../shared/domain/import.ts'
import { openSource } from '../formats/open-source.ts'
import type { SourceFile } from '../formats/source-file.ts'
import { restoredFile } from './restored-file.ts'
import { readSidecar, withSidecar } from './sidecar.ts'
import type { Sidecar } from './sidecar-schema.ts'

/** A file to import, and what is known of it. */
export interface OpenedForImport {
  readonly file: SourceFile
  /** The request with what the sidecar knows where a person has not chosen. */
  readonly request: ImportRequest
  /** What an export left beside the file; null where nothing did. */
  readonly sidecar: Sidecar | null
}

/**
 * Opens a file for an import; one that was exported from here as it was. A person may have changed it since: columns that are gone are
 * forgotten, new ones are guessed.
 *
 * @throws BenchError as `openSource`
 */
export async function openForImport(asked: ImportRequest): Promise<OpenedForImport> {
  const sidecar = await readSidecar(asked.path)
  if (sidecar === null) return { file: await openSource(asked.path, { format: asked.format, options: asked.options, columns: asked.columns }), request: asked, sidecar }
  const unchanged = sidecar.bytes !== undefined && (await stat(asked.path).then(({ size }) => size, () => -1)) === sidecar.bytes
  const request = withSidecar(asked, sidecar, unchanged)
  const file = restoredFile(await openKnown(request, sidecar, unchanged, asked.columns !== null), sidecar)
  const names = new Set(file.columns.map(({ name }) => name))
  return { file, request: { ...request, columns: asked.columns ?? request.columns?.filter(({ name }) => names.has(name)) ?? null }, sidecar }
}

async function openKnown(request: ImportRequest, sidecar: Sidecar, unchanged: boolean, chosen: boolean): Promise<SourceFile> {
  const { path, options, columns } = request
  // Of an annotation tool's file only fields of certain names tell what it is.
  const format = request.format ?? (unchanged ? formatOf[sidecar.format ?? 'npy'] : undefined)
  // Arrays have no type of their own in the file: in CSV their elements are columns.
  const elements = sidecar.format === 'csv' ? sidecar.columns.flatMap(elementsOf) : []
  const known = { format, options, columns: [...(columns ?? []).filter(({ name }) => !isArray(sidecar, name)), ...elements], exported: unchanged }
  try {
    return await openSource(path, known)
  } catch (error) {
    if (chosen || !(error instanceof BenchError) || error.code !== 'invalid-input') throw error
    const bare = await openSource(path, { ...known, columns: null })
    const names = new Set(bare.columns.map(({ name }) => name))
    await bare.close()
    return openSource(path, { ...known, columns: known.columns.filter(({ name }) => names.has(name)) })
  }
}

/** The format in which an import finds what an export wrote; recognised by itself where it is undefined. */
const formatOf: Readonly<Record<ExportFormat, ImportFormat | undefined>> = {
  csv: 'delimited', 'json-lines': 'json-lines', parquet: 'parquet', npz: 'npz', npy: undefined, 'label-studio': 'label-studio', doccano: 'doccano'
}

const isArray = ({ columns }: Sidecar, name: string): boolean => columns.some((column) => column.name === name && column.shape !== undefined)

function elementsOf({ name, role, shape }: Sidecar['columns'][number]): ColumnMapping[] {
  if (shape === undefined) return []
  return Array.from({ length: Math.min(65_536, shape.reduce((product, size) => product * size, 1)) }, (_, element) => ({ name: `${name}.${element}`, role, type: 'number' as const }))
}
