import * as v from 'valibot'
import type { FunctionPreview, RuleSuggestions } from '../domain/function-preview.ts'
import type { JournalState } from '../domain/journal.ts'
import { type LabelingFunction, LabelingFunctionDefinition } from '../domain/labeling-function.ts'
import { type FunctionAnalysis, labelModelMethods } from '../domain/weak-labels.ts'
import { procedure } from './define.ts'
import * as f from './fields.ts'

const dataset = { datasetId: f.id }
const truth = { truthSourceId: v.optional(v.nullable(f.id), null) }
const functionIds = v.pipe(v.array(f.id), v.minLength(1), v.maxLength(1000))

/** Labeling functions and label models. */
export const labelProcedures = {
  /** The newest version of every function. */
  'functions.list': procedure<readonly LabelingFunction[]>()(v.strictObject(dataset)),
  'functions.versions': procedure<readonly LabelingFunction[]>()(v.strictObject({ ...dataset, name: f.name })),
  /** Makes a function, or the next version of the one of that name. */
  'functions.save': procedure<LabelingFunction>()(v.strictObject({ ...dataset, name: f.name, definition: LabelingFunctionDefinition })),
  'functions.set-enabled': procedure<JournalState>()(v.strictObject({ functionId: f.id, enabled: v.boolean() })),
  /** Deletes every version of a function, or brings them back. */
  'functions.set-deleted': procedure<JournalState>()(v.strictObject({ ...dataset, name: f.name, deleted: v.boolean() })),
  /** What the function does on a sample of rows; the truth is looked up on rows pinned to the teacher split, where there are any. */
  'functions.preview': procedure<FunctionPreview>()(
    v.strictObject({
      ...dataset,
      definition: LabelingFunctionDefinition,
      /** The stored function being edited, whose own votes are no overlap. */
      name: v.optional(v.nullable(f.name), null),
      ...truth
    })
  ),
  /** Starts the job that has the functions vote on every row; without ids, all enabled ones whose votes are missing. */
  'functions.apply': procedure<{ readonly jobId: string | null }>()(v.strictObject({ ...dataset, functionIds: v.optional(functionIds) })),
  /** The labeling-function table of the enabled functions that have voted, in the order of `functions.list`. */
  'functions.table': procedure<FunctionAnalysis>()(v.strictObject({ ...dataset, ...truth })),
  'functions.suggest': procedure<RuleSuggestions>()(v.strictObject({ ...dataset, ...truth })),

  /** Starts the job that turns votes into soft labels: an aggregate source named `name`, its detail a LabelModelReport. */
  'label-models.run': procedure<{ readonly jobId: string }>()(
    v.strictObject({
      ...dataset,
      method: v.picklist(labelModelMethods),
      name: f.name,
      /** Sources whose labels are the votes; by default those of the enabled functions. */
      sourceIds: v.optional(v.pipe(v.array(f.id), v.minLength(1), v.maxLength(1000))),
      balance: v.optional(v.union([v.picklist(['uniform', 'estimate']), v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), v.minLength(2), v.maxLength(1000))]), 'estimate'),
      seed: v.optional(f.seed, 0),
      ...truth
    })
  )
} as const
