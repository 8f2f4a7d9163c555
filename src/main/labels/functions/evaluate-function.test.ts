import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { toErrorPayload } from '../../../shared/contract/errors.ts'
import { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import type { FunctionBatch, FunctionContext } from './compiled-function.ts'
import { compileFunction } from './evaluate-function.ts'
import { messageContext, messages } from './testing/messages.ts'

type Definition = v.InferInput<typeof LabelingFunctionDefinition>

async function votesOf(definition: Definition, context: FunctionContext = messageContext, batch: FunctionBatch = messages): Promise<number[]> {
  const compiled = await compileFunction(v.parse(LabelingFunctionDefinition, definition), context)
  return [...(await compiled.apply(batch))]
}
const refusal = async (definition: Definition, context?: FunctionContext): Promise<unknown> => await votesOf(definition, context).then(() => null, toErrorPayload)

describe('keywords', () => {
  it('vote where any word is found in any column', async () => {
    expect(await votesOf({ kind: 'keywords', columns: ['body', 'subject'], words: ['money', 'free money'], label: 1 })).toEqual([1, -1, 1, 1, -1, -1])
    expect(await votesOf({ kind: 'keywords', columns: ['body'], words: ['money'], caseSensitive: true, label: 0 })).toEqual([0, -1, -1, 0, -1, -1])
  })

  it('vote with `all` where every word is found somewhere', async () => {
    expect(await votesOf({ kind: 'keywords', columns: ['body', 'subject'], words: ['free', 'hello', 'free'], all: true, label: 1 })).toEqual([1, -1, -1, -1, -1, -1])
  })

  it('show the match', async () => {
    const compiled = await compileFunction(v.parse(LabelingFunctionDefinition, { kind: 'keywords', columns: ['subject', 'body'], words: ['free money'], label: 1 }), messageContext)
    expect([0, 1, 3].map((index) => compiled.matchIn(messages, index))).toEqual([{ column: 'body', start: 4, end: 14 }, null, { column: 'body', start: 0, end: 10 }])
  })

  it('refuse columns and classes that the data set lacks', async () => {
    expect(await refusal({ kind: 'keywords', columns: ['text'], words: ['x'], label: 1 })).toEqual({
      code: 'invalid-input',
      message: 'The data set has no column "text".',
      field: 'columns',
      hint: 'Text columns are "body", "subject".'
    })
    expect(await refusal({ kind: 'keywords', columns: ['price'], words: ['x'], label: 1 })).toMatchObject({ message: 'Column "price" holds numbers, not text.' })
    expect(await refusal({ kind: 'keywords', columns: ['body'], words: ['x'], label: 3 })).toMatchObject({ message: 'There is no class 3; the data set has 3.', field: 'label' })
    expect(await refusal({ kind: 'keywords', columns: ['body'], words: ['  '], label: 1 })).toMatchObject({ field: 'words' })
  })
})

describe('a pattern', () => {
  it('votes where it matches and shows the match', async () => {
    const definition = v.parse(LabelingFunctionDefinition, { kind: 'pattern', columns: ['body', 'subject'], pattern: '^re:|free', label: 0 })
    const compiled = await compileFunction(definition, messageContext)
    expect([...(await compiled.apply(messages))]).toEqual([0, 0, -1, 0, 0, -1])
    expect([0, 1, 2].map((index) => compiled.matchIn(messages, index))).toEqual([{ column: 'body', start: 4, end: 8 }, { column: 'subject', start: 0, end: 3 }, null])
  })

  it('does not find an empty match in a missing text', async () => {
    expect(await votesOf({ kind: 'pattern', columns: ['body'], pattern: '^', label: 1 })).toEqual([1, 1, -1, 1, 1, 1])
    const compiled = await compileFunction(v.parse(LabelingFunctionDefinition, { kind: 'pattern', columns: ['body'], pattern: '^', label: 1 }), messageContext)
    expect(compiled.matchIn(messages, 2)).toBeNull()
  })

  it('is refused with the reason when it is no regular expression', async () => {
    expect(await refusal({ kind: 'pattern', columns: ['body'], pattern: '(a', label: 1 })).toMatchObject({ code: 'invalid-input', message: 'Invalid regular expression: /(a/i: Unterminated group.', field: 'pattern' })
    expect(await refusal({ kind: 'pattern', columns: ['body'], pattern: 'a', flags: 'ii', label: 1 })).toMatchObject({ code: 'invalid-input' })
  })

  it('that backtracks without end is stopped at the row that it hangs on', async () => {
    const body = Array.from({ length: 3000 }, (_, index) => (index === 2500 ? `${'a'.repeat(64)}b` : 'aaaa'))
    const batch = { rows: Int32Array.from(body, (_, index) => 7000 + index), columns: { body } }
    const context = { ...messageContext, limits: { rowMilliseconds: 100 } }
    const definition: Definition = { kind: 'pattern', columns: ['body'], pattern: '^(a+)+$', label: 1 }
    await expect(votesOf(definition, context, batch)).rejects.toMatchObject({
      payload: { code: 'bad-data', field: 'row 9500', message: 'The function took longer than 100 ms on row 9500.', hint: expect.stringContaining('nested repetitions') as string }
    })
    const compiled = await compileFunction(v.parse(LabelingFunctionDefinition, definition), context)
    expect(compiled.matchIn(batch, 2500)).toBeNull()
    expect(compiled.matchIn(batch, 0)).toEqual({ column: 'body', start: 0, end: 4 })
  })
})

describe('an interval', () => {
  it('includes its ends, leaves open sides open and abstains on missing values', async () => {
    expect(await votesOf({ kind: 'interval', column: 'price', from: 0, to: 20, label: 2 })).toEqual([2, -1, 2, -1, -1, 2])
    expect(await votesOf({ kind: 'interval', column: 'price', from: null, to: 0, label: 2 })).toEqual([-1, -1, -1, 2, -1, 2])
    expect(await votesOf({ kind: 'interval', column: 'price', from: null, to: null, label: 2 })).toEqual([2, -1, 2, 2, 2, 2])
  })

  it('is refused when it is empty or its column is text', async () => {
    expect(await refusal({ kind: 'interval', column: 'price', from: 2, to: 1, label: 1 })).toMatchObject({ message: 'The interval from 2 to 1 is empty.' })
    expect(await refusal({ kind: 'interval', column: 'body', from: 2, to: 3, label: 1 })).toMatchObject({ field: 'column', hint: 'Number columns are "price".' })
  })
})

describe('nearest prototypes', () => {
  // Two features whose spreads differ by 100: unscaled, the second would decide alone.
  const matrix = Float32Array.from([0, 0, 1, 100, 0.9, 0, 0.2, 90, Number.NaN, 0])
  const features = { width: 2, scale: Float32Array.from([0.1, 100]), featuresOf: (rows: Int32Array) => Float32Array.from([...rows].flatMap((row) => [...matrix.subarray(row * 2, row * 2 + 2)])) }
  const batch = { rows: Int32Array.from([0, 1, 2, 3, 4]), columns: {}, features: matrix }
  const prototypes = [{ row: 0, label: 0 }, { row: 1, label: 1 }]

  it('vote for the class of the nearest one in standardised features', async () => {
    expect(await votesOf({ kind: 'nearest-prototype', prototypes, radius: null }, { ...messageContext, features }, batch)).toEqual([0, 1, 1, 0, -1])
  })

  it('abstain beyond the radius, their own rows always within', async () => {
    expect(await votesOf({ kind: 'nearest-prototype', prototypes, radius: 1.5 }, { ...messageContext, features }, batch)).toEqual([0, 1, 1, -1, -1])
    expect(await votesOf({ kind: 'nearest-prototype', prototypes, radius: 0 }, { ...messageContext, features }, batch)).toEqual([0, 1, -1, -1, -1])
  })

  it('prefer the first listed of two equally near', async () => {
    const twice = [{ row: 1, label: 2 }, { row: 1, label: 1 }]
    expect(await votesOf({ kind: 'nearest-prototype', prototypes: twice, radius: null }, { ...messageContext, features }, batch)).toEqual([2, 2, 2, 2, -1])
  })

  it('need features and existing classes', async () => {
    expect(await refusal({ kind: 'nearest-prototype', prototypes, radius: null })).toMatchObject({ code: 'invalid-input', field: 'prototypes' })
    expect(await refusal({ kind: 'nearest-prototype', prototypes: [{ row: 0, label: 9 }], radius: null }, { ...messageContext, features })).toMatchObject({ field: 'prototypes.0.label' })
  })
})

describe('a run', () => {
  const predictionsOf = () => Promise.resolve({ labels: Int32Array.from({ length: 15 }, (_, row) => (row === 13 ? -1 : row % 3)), confidence: Float32Array.from({ length: 15 }, (_, row) => row / 20) })

  it('votes what it predicted where it was confident, and abstains on rows it never saw', async () => {
    expect(await votesOf({ kind: 'run', runId: 'r', confidence: 0.55 }, { ...messageContext, predictionsOf })).toEqual([-1, 2, 0, -1, 2, -1])
    expect(await votesOf({ kind: 'run', runId: 'r', confidence: 0 }, { ...messageContext, predictionsOf })).toEqual([1, 2, 0, -1, 2, -1])
  })

  it('is refused without predictions or with classes of another data set', async () => {
    expect(await refusal({ kind: 'run', runId: 'r', confidence: 0 })).toMatchObject({ code: 'not-found' })
    expect(await refusal({ kind: 'run', runId: 'r', confidence: 0 }, { ...messageContext, classes: ['a', 'b'], predictionsOf })).toMatchObject({ code: 'conflict', message: 'The run predicts class 2, which the data set does not have.' })
  })
})

describe('every kind', () => {
  const definitions: readonly Definition[] = [
    { kind: 'keywords', columns: ['body', 'subject'], words: ['a b', 'ab'], label: 1 },
    { kind: 'keywords', columns: ['body', 'subject'], words: ['a', 'b'], all: true, wholeWords: false, label: 1 },
    { kind: 'pattern', columns: ['subject', 'body'], pattern: 'a+b', label: 0 },
    { kind: 'interval', column: 'price', from: -1, to: 2, label: 2 },
    { kind: 'expression', expression: "length(body) > price or contains(subject, 'b') and not missing(price)", label: 1 },
    { kind: 'javascript', code: "return (example.body ?? '').length > (example.price ?? 1e9) ? 'ham' : example.subject === 'ab' ? 1 : null" }
  ]
  const text = fc.option(fc.array(fc.constantFrom('a', 'b', ' ', '\n', 'A', '\u0000', '\ud800', '"', '\\'), { maxLength: 6 }).map((parts) => parts.join('')), { nil: null })
  const batch = fc.array(fc.record({ body: text, subject: text, price: fc.double() }), { maxLength: 30 }).map((rows): FunctionBatch => ({
    rows: Int32Array.from(rows, (_, index) => index),
    columns: { body: rows.map((row) => row.body), subject: rows.map((row) => row.subject), price: Float64Array.from(rows, (row) => row.price) }
  }))
  const slice = ({ rows, columns }: FunctionBatch, from: number, to: number): FunctionBatch => ({
    rows: rows.slice(from, to),
    columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(from, to)]))
  })

  it.each(definitions)('votes the same on a row whatever batch it comes in: $kind', async (definition) => {
    const compiled = await compileFunction(v.parse(LabelingFunctionDefinition, definition), messageContext)
    await fc.assert(
      fc.asyncProperty(batch, fc.nat(30), async (rows, cut) => {
        const whole = [...(await compiled.apply(rows))]
        const parts = [...(await compiled.apply(slice(rows, 0, cut))), ...(await compiled.apply(slice(rows, cut, rows.rows.length)))]
        expect(parts).toEqual(whole)
        expect(whole.every((vote) => vote >= -1 && vote < 3)).toBe(true)
      }),
      { numRuns: 60 }
    )
  })
})
