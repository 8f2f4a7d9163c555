/** Files an export can write. */
export const exportFormats = ['csv', 'json-lines', 'parquet', 'npy', 'npz', 'label-studio', 'doccano'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** The one array that an NPY file holds; labels and soft labels are those of the first source chosen. */
export const exportArrays = ['features', 'labels', 'soft-labels', 'split'] as const
export type ExportArray = (typeof exportArrays)[number]

/** What goes into it: columns and features, labels of the chosen sources, splits, soft labels, and the history of edits. */
export const exportContents = ['examples', 'labels', 'splits', 'soft-labels', 'edits'] as const
export type ExportContent = (typeof exportContents)[number]
