import * as v from 'valibot'

/** Longest text of a definition, in characters. */
const longestCode = 20_000
const classPosition = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000))
const column = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const finite = v.pipe(v.number(), v.minValue(-Number.MAX_VALUE), v.maxValue(Number.MAX_VALUE))
const texts = v.pipe(v.array(column), v.minLength(1), v.maxLength(100))

/**
 * What a labeling function does. Every kind but `javascript` and `expression` votes `label` where it hits and abstains elsewhere.
 * `columns` names the text columns that are read; a hit in any of them counts.
 */
export const LabelingFunctionDefinition = v.variant('kind', [
  /** Any of the words (whole words, without regard to case unless told) or, with `all`, every one of them. */
  v.strictObject({
    kind: v.literal('keywords'),
    columns: texts,
    words: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), v.minLength(1), v.maxLength(1000)),
    all: v.optional(v.boolean(), false),
    caseSensitive: v.optional(v.boolean(), false),
    wholeWords: v.optional(v.boolean(), true),
    label: classPosition
  }),
  /** A regular expression in JavaScript's syntax, run within the sandbox's time limit. */
  v.strictObject({ kind: v.literal('pattern'), columns: texts, pattern: v.pipe(v.string(), v.minLength(1), v.maxLength(2000)), flags: v.optional(v.pipe(v.string(), v.regex(/^[imsu]{0,4}$/)), 'i'), label: classPosition }),
  /** A number column inside an interval; null leaves that side open. Missing values abstain. */
  v.strictObject({ kind: v.literal('interval'), column, from: v.nullable(finite), to: v.nullable(finite), label: classPosition }),
  /** An expression over the columns, e.g. `length(body) < 40 and price > 10`; true votes `label`, anything else abstains. */
  v.strictObject({ kind: v.literal('expression'), expression: v.pipe(v.string(), v.minLength(1), v.maxLength(longestCode)), label: classPosition }),
  /** The body of `function (example) { … }`: returns a class name or position, or null to abstain. */
  v.strictObject({ kind: v.literal('javascript'), code: v.pipe(v.string(), v.minLength(1), v.maxLength(longestCode)) }),
  /** The class of the nearest of these rows in standardised feature space, where it is within `radius` (null: always). */
  v.strictObject({
    kind: v.literal('nearest-prototype'),
    prototypes: v.pipe(v.array(v.strictObject({ row: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)), label: classPosition })), v.minLength(1), v.maxLength(1000)),
    radius: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(Number.MAX_VALUE)))
  }),
  /** The predictions of a stored run, where its largest probability reaches `confidence`. */
  v.strictObject({ kind: v.literal('run'), runId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/)), confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) })
])
export type LabelingFunctionDefinition = v.InferOutput<typeof LabelingFunctionDefinition>

/** Votes that came from a file: nothing runs, so the function can be used, left out and deleted, but not edited. */
export interface ImportedVotes {
  readonly kind: 'imported'
  /** Name of the file, and of the function in it. */
  readonly file: string
  readonly column: string
}

/** A labeling function as stored. Editing makes a new version; what older versions voted stays. */
export interface LabelingFunction {
  readonly id: string
  readonly datasetId: string
  readonly name: string
  readonly version: number
  readonly definition: LabelingFunctionDefinition | ImportedVotes
  /** Source that holds this version's votes; null until it was applied to the whole data set. */
  readonly sourceId: string | null
  readonly enabled: boolean
  readonly createdAt: number
}
