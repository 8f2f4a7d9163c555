import * as v from 'valibot'

/** Layouts of vote files: WRENCH's JSON with `label.json` beside it, or CSV with a column a function. */
export const voteFormats = ['wrench', 'csv'] as const
export type VoteFormat = (typeof voteFormats)[number]

/** How rows of a vote file find their examples: by id where both sides have ids that fit, else by their order. */
export const rowMatchings = ['auto', 'id', 'position'] as const
export type RowMatching = (typeof rowMatchings)[number]

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** A vote file that is to become labeling functions of a data set, or of a new one made of its examples. */
export const VoteImport = v.strictObject({
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  /** Left out: as the file's name tells. */
  format: v.optional(v.picklist(voteFormats)),
  /** null makes a new data set of what WRENCH files hold under `data`. */
  datasetId: v.nullable(id),
  /** Of the new data set; left out: the file's. */
  name: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))),
  match: v.optional(v.picklist(rowMatchings), 'auto'),
  /** Whether the file's own labels (WRENCH) come too, as source of truth; a new data set always gets them. */
  labels: v.optional(v.boolean(), false)
})
export type VoteImport = v.InferOutput<typeof VoteImport>

/** Votes of a data set that are to be written to a file. */
export const VoteExport = v.strictObject({
  datasetId: id,
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  format: v.picklist(voteFormats),
  /** Left out: every labeling function that has voted. */
  sourceIds: v.optional(v.pipe(v.array(id), v.minLength(1), v.maxLength(2000))),
  /** WRENCH: whose labels stand under `label`; null leaves them unknown. */
  truthSourceId: v.optional(v.nullable(id), null)
})
export type VoteExport = v.InferOutput<typeof VoteExport>
