import * as v from 'valibot'
import { labelSourceKinds } from '../../../shared/domain/dataset.ts'
import { exportFormats } from '../../../shared/domain/export.ts'
import { ImportClass, importRoles } from '../../../shared/domain/import.ts'

const Source = v.object({ kind: v.picklist(labelSourceKinds), name: v.string() })

const SidecarColumn = v.object({
  /** In the file; of an array written as a column an element, what stands before their numbers. */
  name: v.string(),
  role: v.picklist(importRoles),
  type: v.optional(v.picklist(['number', 'text'])),
  /** Its name in the data set, where the file has it under another. */
  own: v.optional(v.string()),
  /** Of an array: its shape a row and dtype. */
  shape: v.optional(v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(1))), v.maxLength(8))),
  dtype: v.optional(v.picklist(['uint8', 'float32'])),
  /** The source whose labels it holds, as class names. */
  labels: v.optional(Source),
  /** The source whose probabilities of a class it holds, and the class. */
  soft: v.optional(v.object({ ...Source.entries, class: v.string() })),
  history: v.optional(v.boolean())
})
export type SidecarColumn = v.InferOutput<typeof SidecarColumn>

/** What an exported file cannot say itself: roles of its columns, what labels they hold, and classes with their colours, keys and order. */
export const Sidecar = v.object({
  weakbench: v.literal(1),
  name: v.string(),
  format: v.optional(v.picklist(exportFormats)),
  columns: v.array(SidecarColumn),
  classes: v.array(ImportClass),
  /** Formula-like texts have an apostrophe before them. */
  neutralised: v.boolean(),
  /** Size of the exported file: where it is the same still, nobody has saved the file anew since, and nothing is left to detect. */
  bytes: v.optional(v.number())
})
export type Sidecar = v.InferOutput<typeof Sidecar>
