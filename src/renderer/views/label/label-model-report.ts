import * as v from 'valibot'
import type { LabelSource } from '../../../shared/domain/dataset.ts'
import { type LabelModelReport, labelModelMethods, type LabelModelWarningCode } from '../../../shared/domain/weak-labels.ts'

const interval = v.tuple([v.number(), v.number()])
const warningCodes = ['few-functions', 'one-class', 'low-coverage', 'near-chance', 'against-unanimous', 'no-overlap', 'silent-functions', 'not-converged', 'few-opinions'] as const satisfies readonly LabelModelWarningCode[]
const ReportSchema = v.object({
  method: v.picklist(labelModelMethods),
  functions: v.array(v.object({ name: v.string(), accuracy: v.nullable(v.number()), interval: v.nullable(interval), votes: v.number() })),
  sourceIds: v.array(v.string()),
  classBalance: v.array(v.number()),
  warnings: v.array(v.object({ code: v.picklist(warningCodes), message: v.string(), count: v.optional(v.number()), functions: v.optional(v.array(v.string())) })),
  dependent: v.array(v.array(v.number())),
  coverage: v.number(),
  differsFromMajority: v.number(),
  accuracy: v.nullable(v.object({ model: v.number(), majority: v.number(), n: v.number() })),
  seconds: v.number()
})

/** The report of a label model that an aggregate source carries; null where it has none, or one this window cannot read. */
export function reportOf({ detail }: LabelSource): LabelModelReport | null {
  if (detail === null) return null
  try {
    const read = v.safeParse(ReportSchema, JSON.parse(detail))
    return read.success ? (read.output as LabelModelReport) : null
  } catch {
    return null
  }
}
