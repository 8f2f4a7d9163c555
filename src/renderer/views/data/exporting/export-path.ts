import type { ExportFormat } from '../../../../shared/domain/export.ts'

const endings: Readonly<Record<ExportFormat, string>> = { csv: '.csv', 'json-lines': '.jsonl', parquet: '.parquet', npy: '.npy', npz: '.npz', 'label-studio': '.json', doccano: '.jsonl' }

/** A file name made of a data set's name. */
export const exportName = (name: string, format: ExportFormat): string =>
  `${name.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 80) || 'data'}${endings[format]}`

/** The path with the ending of a format, in the place of another format's. */
export function withEnding(path: string, format: ExportFormat): string {
  const known = [...new Set(Object.values(endings))].sort((a, b) => b.length - a.length).find((ending) => path.toLowerCase().endsWith(ending))
  return path === '' ? '' : `${known === undefined ? path : path.slice(0, -known.length)}${endings[format]}`
}
