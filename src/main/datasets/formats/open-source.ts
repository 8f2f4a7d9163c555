import { stat } from 'node:fs/promises'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { ColumnMapping, ImportFormat, ReadOptions } from '../../../shared/domain/import.ts'
import { recogniseFormat } from './recognise-format.ts'
import type { SourceFile } from './source-file.ts'

/** What a caller settles; the rest is detected. */
export interface OpenOptions {
  readonly format: ImportFormat | undefined
  readonly options: ReadOptions
  /** Types that a person chose for columns. */
  readonly columns: readonly ColumnMapping[] | null
  /** The file was exported from here and is as it was: cells and rows may be as large as a data set's, and every annotator has columns. */
  readonly exported?: boolean
}

/** Bytes that a cell, and a row or line, of an exported file may have. */
const exportedCell = 64 * 2 ** 20
const exportedRow = 256 * 2 ** 20

/** What each format is opened with, out of all that a person can choose; its reader is loaded when it is needed. */
const openers: Readonly<Record<ImportFormat, (path: string, options: ReadOptions, types: Readonly<Record<string, 'number' | 'text'>>, exported: boolean) => Promise<SourceFile>>> = {
  delimited: async (path, options, types, exported) => {
    const { delimiter, quote, header, encoding, decimal, neutralised } = options
    const { openDelimited } = await import('./delimited.ts')
    const file = await openDelimited(path, { ...defined({ delimiter, quote, header, encoding, decimal, neutralised }), types, ...(exported ? { cellBytes: exportedCell, recordBytes: exportedRow } : {}) })
    return { ...file, detected: file.options }
  },
  'json-lines': async (path, { encoding }, types, exported) => (await import('./json-lines.ts')).openJsonLines(path, { ...defined({ encoding }), types, ...(exported ? { lineBytes: exportedRow } : {}) }),
  text: async (path, { unit, characters, encoding }) => (await import('./plain-text.ts')).openText(path, defined({ unit, characters, encoding })),
  'label-studio': async (path, _options, _types, exported) => (await import('./label-studio.ts')).openLabelStudio(path, { everyone: exported }),
  doccano: async (path, _options, _types, exported) => (await import('./doccano.ts')).openDoccano(path, { everyone: exported }),
  npy: async (path, _options, types) => (await import('./npy.ts')).openNpy(path, { types }),
  parquet: async (path, _options, types) => (await import('./parquet.ts')).openParquet(path, { types }),
  arrow: async (path, _options, types) => (await import('./arrow.ts')).openArrow(path, { types }),
  npz: async (path, _options, types) => (await import('./npz.ts')).openNpz(path, { types }),
  idx: async (path, { labelsPath }) => (await import('./idx.ts')).openIdx(path, labelsPath === undefined ? {} : { labels: labelsPath }),
  'cifar-10': async (path) => (await import('./cifar.ts')).openCifar(path),
  'image-folder': async (path, { height, width, grey, fit }) => {
    const side = height ?? width
    const { openImageFolder } = await import('./image-folder.ts')
    return openImageFolder(path, defined({ size: side === undefined ? undefined : { height: height ?? side, width: width ?? side }, colour: grey === true ? ('grey' as const) : undefined, fit }))
  }
}

/** Options that are there: an absent one must not overrule what is detected. */
const defined = <T extends object>(options: T): { [Key in keyof T]: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as { [Key in keyof T]: Exclude<T[Key], undefined> }

/**
 * Opens a file or folder in the format that is asked for, or that its beginning shows.
 *
 * @throws BenchError `not-found`; `bad-data` where it is of no known format or cannot be read
 */
export async function openSource(path: string, { format, options, columns, exported = false }: OpenOptions): Promise<SourceFile> {
  const found = await stat(path).catch((error: unknown) => {
    throw new BenchError('not-found', `There is no file ${path}.`, { field: 'path', hint: 'Check the path; a relative one counts from where Weakbench was started.', details: String(error) }, error)
  })
  const known = format ?? (await recogniseFormat(path, found.isDirectory()))
  if (known === null) throw new BenchError('bad-data', `${path} is of no format that can be imported.`, { field: 'format', hint: 'CSV, TSV, JSON Lines, text, Parquet, Arrow, NPY, NPZ, IDX, CIFAR-10 and folders of images can.' })
  const types = Object.fromEntries((columns ?? []).flatMap(({ name, type }) => (type === undefined ? [] : [[name, type]])))
  return openers[known](path, options, types, exported)
}
