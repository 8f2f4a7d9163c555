import type { DatasetColumn } from '../../../shared/domain/column.ts'
import type { Dataset } from '../../../shared/domain/dataset.ts'

/** Columns shown of an example at most. */
const most = 60
const ranks: Readonly<Record<DatasetColumn['role'], number>> = { text: 0, feature: 1, meta: 2, id: 3, path: 4 }

/** Columns of an example in the order in which they are read: texts first, then features, then what is kept to look at. */
export const shownColumns = (dataset: Dataset, columns: readonly DatasetColumn[]): readonly DatasetColumn[] =>
  [...columns]
    // The pixels of an image are seen as the image.
    .filter((column) => dataset.kind !== 'image' || column.role !== 'feature')
    .sort((a, b) => ranks[a.role] - ranks[b.role] || a.position - b.position)
    .slice(0, most)
