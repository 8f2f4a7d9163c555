import { stat } from 'node:fs/promises'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { ColumnMapping, ImportFormat, ReadOptions } from '../../../shared/domain/import.ts'
import { openArrow } from './arrow.ts'
import { openCifar } from './cifar.ts'
import { openDelimited } from './delimited.ts'
import { openDoccano } from './doccano.ts'
import { openIdx } from './idx.ts'
import { openImageFolder } from './image-folder.ts'
import { openJsonLines } from './json-lines.ts'
import { openLabelStudio } from './label-studio.ts'
import { openNpy } from './npy.ts'
import { openNpz } from './npz.ts'
import { openParquet } from './parquet.ts'
import { openText } from './plain-text.ts'
import { recogniseFormat } from './recognise-format.ts'
import type { SourceFile } from './source-file.ts'

/** What a caller settles; the rest is detected. */
export interface OpenOptions {
  readonly format: ImportFormat | undefined
  readonly options: ReadOptions
  /** Types that a person chose for columns. */
  readonly columns: readonly ColumnMapping[] | null
}

/** What each format is opened with, out of all that a person can choose. */
const openers: Readonly<Record<ImportFormat, (path: string, options: ReadOptions, types: Readonly<Record<string, 'number' | 'text'>>) => Promise<SourceFile>>> = {
  delimited: async (path, options, types) => {
    const { delimiter, quote, header, encoding, decimal, neutralised } = options
    const file = await openDelimited(path, { ...defined({ delimiter, quote, header, encoding, decimal, neutralised }), types })
    return { ...file, detected: file.options }
  },
  'json-lines': (path, { encoding }, types) => openJsonLines(path, { ...defined({ encoding }), types }),
  text: (path, { unit, characters, encoding }) => openText(path, defined({ unit, characters, encoding })),
  'label-studio': (path) => openLabelStudio(path, {}),
  doccano: (path) => openDoccano(path, {}),
  npy: (path, _options, types) => openNpy(path, { types }),
  parquet: (path, _options, types) => openParquet(path, { types }),
  arrow: (path, _options, types) => openArrow(path, { types }),
  npz: (path, _options, types) => openNpz(path, { types }),
  idx: (path, { labelsPath }) => openIdx(path, labelsPath === undefined ? {} : { labels: labelsPath }),
  'cifar-10': (path) => openCifar(path),
  'image-folder': (path, { height, width, grey, fit }) => {
    const side = height ?? width
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
export async function openSource(path: string, { format, options, columns }: OpenOptions): Promise<SourceFile> {
  const found = await stat(path).catch((error: unknown) => {
    throw new BenchError('not-found', `There is no file ${path}.`, { field: 'path', hint: 'Check the path; a relative one counts from where Weakbench was started.', details: String(error) }, error)
  })
  const known = format ?? (await recogniseFormat(path, found.isDirectory()))
  if (known === null) throw new BenchError('bad-data', `${path} is of no format that can be imported.`, { field: 'format', hint: 'CSV, TSV, JSON Lines, text, Parquet, Arrow, NPY, NPZ, IDX, CIFAR-10 and folders of images can.' })
  const types = Object.fromEntries((columns ?? []).flatMap(({ name, type }) => (type === undefined ? [] : [[name, type]])))
  return openers[known](path, options, types)
}
