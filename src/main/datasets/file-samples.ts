import { join } from 'node:path'
import type { ImportRequest } from '../../shared/domain/import.ts'
import { type SampleName, sampleTitles } from '../../shared/domain/sample.ts'
import { packageRoot } from '../runs/package-root.ts'

type FileSample = Exclude<SampleName, 'mnist-10k'>

interface Description {
  readonly file: string
  readonly source: string
  readonly license: string
  /** Columns whose role differs from what the importer guesses. */
  readonly columns: ImportRequest['columns']
}

const uci = (name: string): string => `UCI Machine Learning Repository, "${name}"`

const samples: Readonly<Record<FileSample, Description>> = {
  digits: { file: 'digits.csv.gz', source: uci('Optical Recognition of Handwritten Digits'), license: 'CC BY 4.0', columns: [{ name: 'digit', role: 'label' }] },
  spam: {
    file: 'spam.csv.gz',
    source: 'Apache SpamAssassin public corpus',
    license: 'Apache SpamAssassin public corpus terms',
    columns: [{ name: 'subject', role: 'text' }, { name: 'body', role: 'text' }, { name: 'label', role: 'label' }, { name: 'folder', role: 'meta' }]
  },
  iris: { file: 'iris.csv', source: uci('Iris'), license: 'CC BY 4.0', columns: [{ name: 'class', role: 'label' }] },
  wine: { file: 'wine.csv', source: uci('Wine'), license: 'CC BY 4.0', columns: [{ name: 'class', role: 'label' }] },
  'breast-cancer': { file: 'breast-cancer.csv', source: uci('Breast Cancer Wisconsin (Diagnostic)'), license: 'CC BY 4.0', columns: [{ name: 'class', role: 'label' }] }
}

/** The import that brings a shipped file into the bench. */
export function sampleImport(name: FileSample): ImportRequest {
  const { file, source, license, columns } = samples[name]
  return { path: join(packageRoot, 'resources', 'data', file), name: sampleTitles[name], format: 'delimited', options: {}, columns, classes: null, badShare: 0, source, license }
}

/** `source` of a sample's data set, by which it is recognised whatever a person calls it. */
export const fileSampleSource = (name: FileSample): string => samples[name].source
