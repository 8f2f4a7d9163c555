import { inspect } from 'node:util'
import fc from 'fast-check'
import * as v from 'valibot'
import { errorCodes, type ProcedureName, procedures, type Reply } from '../../../shared/contract/index.ts'

const longText = 'x'.repeat(200_000)

/** Values that inputs are known to trip over. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, NaN, Infinity, -Infinity, -0, -1, 0.5, 2 ** 53, 1e308, '', ' ', '\0', '__proto__', 'constructor', longText),
  fc.constantFrom<unknown>(true, [], {}, [[]], [undefined], new Float64Array([NaN]), new Uint8Array(3), new Date(0), new Array(50_000).fill(7)),
  fc.string(),
  fc.double(),
  fc.array(fc.oneof(fc.string({ maxLength: 5 }), fc.double(), fc.constant(null)), { maxLength: 5 }),
  fc.anything({ maxDepth: 4, withNullPrototype: true, withObjectString: true, withTypedArray: true, withDate: true })
)

/** The field names of a procedure's input, read from its schema. */
function fieldsOf(procedure: ProcedureName): readonly string[] {
  let schema: { readonly wrapped?: unknown; readonly entries?: object } = procedures[procedure].input
  while (schema.wrapped) schema = schema.wrapped
  return Object.keys(schema.entries ?? {})
}

/** File names that stay in the working folder, whatever they contain: some of these calls create files. */
const oddPath = fc.oneof(
  fc.constantFrom<unknown>('', '\0', 'nul\0byte', 'missing/folder.weakbench', '.', longText, 7, null, ['a']),
  fc.string({ unit: 'binary' }).map((text) => `fuzz-${text.replaceAll(/[/\\]/g, '_')}`)
)

/** An object with an own field named `__proto__`, as a hostile message may carry it. */
const withProto = (value: unknown): object => Object.defineProperty({}, '__proto__', { value, enumerable: true })

function deeplyNested(depth: number): unknown {
  let value: unknown = 'bottom'
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { value }
  return value
}

/** Procedures that start a job when their input happens to be right: for them every input is one that the schema refuses. */
const startsWork: ReadonlySet<ProcedureName> = new Set(['experiments.start-weak-to-strong', 'experiments.resume', 'jobs.resume', 'bench.check', 'datasets.add-sample'])

/** Inputs for one procedure: nearly right ones, with the right names and odd values, and ones that are wrong altogether. */
export function malformedInput(procedure: ProcedureName): fc.Arbitrary<unknown> {
  const fields = fieldsOf(procedure)
  const nearlyRight = fc.record(Object.fromEntries([...fields, 'extra'].map((field) => [field, field === 'path' ? oddPath : oddValue])), { requiredKeys: [] })
  const any = fc.oneof({ weight: 3, arbitrary: nearlyRight }, oddValue, oddValue.map(withProto), fc.integer({ min: 1, max: 40 }).map(deeplyNested))
  return startsWork.has(procedure) ? any.filter((input) => !v.safeParse(procedures[procedure].input, input).success) : any
}

/** Fails unless a reply is a value or an error that says, in a sentence and not in megabytes, what was wrong with the call. */
export function expectProperReply(reply: Reply, about: unknown): void {
  if (reply.ok) return
  const { code, message } = reply.error
  const proper = errorCodes.includes(code) && code !== 'internal' && message.length > 0 && JSON.stringify(reply.error).length < 4000
  if (!proper) throw new Error(`Not a proper error for ${inspect(about, { depth: 3, maxStringLength: 200 })}: ${JSON.stringify(reply.error).slice(0, 1000)}`)
}

/** Names that are no procedures, also those that every object answers to, and things that are not names. */
export const unknownProcedure: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>('toString', '__proto__', 'constructor', 'hasOwnProperty', '', 'app', 'app.info ', longText, undefined, null, 7, ['app.info'], {}),
  fc.string().map((text) => `no.${text}`)
)
