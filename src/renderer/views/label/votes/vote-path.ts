import type { VoteFormat } from '../../../../shared/domain/votes.ts'

const endings: Readonly<Record<VoteFormat, string>> = { wrench: '.json', csv: '.csv' }

/** A folder named after the data set for WRENCH, whose file has label.json beside it; a file of that name for CSV. */
export function votePath(folder: string, name: string, format: VoteFormat): string {
  const plain = name.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 80) || 'votes'
  return `${folder}/${plain}-votes${endings[format]}`
}

/** The path with the ending of a format in the place of the other's. */
export const withVoteEnding = (path: string, format: VoteFormat): string => (path === '' ? '' : `${path.replace(/\.(json|csv)$/i, '')}${endings[format]}`)

/** The layout that a path's ending tells. */
export const formatOf = (path: string): VoteFormat => (/\.json$/i.test(path.trim()) ? 'wrench' : 'csv')
