import type { DatasetColumn } from '../../../shared/domain/column.ts'
import type { Dataset } from '../../../shared/domain/dataset.ts'

/** Columns shown of an example at most. */
const most = 60
const ranks: Readonly<Record<DatasetColumn['role'], number>> = { text: 0, feature: 1, meta: 2, id: 3, path: 4, score: 5 }

/** Columns of an example in the order in which they are read: texts first, then features, then what is kept to look at. */
export const shownColumns = (dataset: Dataset, columns: readonly DatasetColumn[]): readonly DatasetColumn[] =>
  [...columns]
    // The pixels of an image are seen as the image.
    .filter((column) => dataset.kind !== 'image' || column.role !== 'feature')
    .sort((a, b) => ranks[a.role] - ranks[b.role] || a.position - b.position)
    .slice(0, most)

/** Names of columns that say where an example was kept or what somebody called it. */
const telling = /(^|[^a-z])(folder|dir|directory|path|file|filename|label|labels|class|target|category|gold|truth)($|[^a-z])/i
/** Names under which exports keep what sources say: `lf:free money`, `p(spam) aggregate:majority`. */
const said = /^(p\(.*\) |(given|truth|annotator|lf|model|aggregate)(:|$))/i

/**
 * Whether a column may give the label away: a path, a column named like one or like a label, or one among whose frequent values a class is
 * named (`spam-2`). Texts and features are what the label is to be read from, so they are always shown.
 */
export function leaksLabel({ classes }: Dataset, { role, name, statistics }: DatasetColumn): boolean {
  if (role === 'text' || role === 'feature') return false
  if (role === 'path' || telling.test(name) || said.test(name)) return true
  if (statistics.type !== 'text') return false
  const names = new Set(classes.map((one) => one.name.toLowerCase()).filter((one) => one.length > 1))
  return statistics.frequent.some(({ value }) => value.toLowerCase().split(/[^\p{L}\p{N}]+/u).some((word) => names.has(word)) || names.has(value.toLowerCase()))
}
