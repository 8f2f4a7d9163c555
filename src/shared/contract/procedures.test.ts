import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { WeakToStrongConfig } from '../domain/weak-to-strong.ts'
import { procedureNames, procedures } from './procedures.ts'

/** The parts of a valibot schema that the walk looks at; every schema and action is such an object. */
interface Part {
  readonly kind?: string
  readonly type: string
  readonly pipe?: readonly Part[]
  readonly wrapped?: Part
  readonly item?: Part
  readonly items?: readonly Part[]
  readonly entries?: Readonly<Record<string, Part>>
  readonly options?: readonly unknown[]
  readonly requirement?: unknown
  readonly getter?: (input: unknown) => Part
}

const hasAction = (schema: Part, ...types: string[]): boolean => schema.pipe?.some((part) => types.includes(part.type)) === true

/** An anchored expression without an open repetition admits texts of bounded length only. */
const isBounded = (expression: unknown): boolean => expression instanceof RegExp && /^\^.*\$$/s.test(expression.source) && !/[*+]|\{\d+,\}/.test(expression.source)
const hasBoundedPattern = (schema: Part): boolean => schema.pipe?.some((part) => part.type === 'regex' && isBounded(part.requirement)) === true

/** Schemas that refer to themselves are looked at once. */
const seen = new WeakSet<object>()

/** Where a schema lets a caller send as much as it likes; a kind of schema that the walk does not know counts as such. */
function unboundedParts(schema: Part, path: string): string[] {
  switch (schema.type) {
    case 'string':
      return hasAction(schema, 'max_length', 'length') || hasBoundedPattern(schema) ? [] : [`${path}: string`]
    case 'number':
      return hasAction(schema, 'max_value') && hasAction(schema, 'min_value') ? [] : [`${path}: number`]
    case 'array':
      return [...(hasAction(schema, 'max_length', 'length') ? [] : [`${path}: array`]), ...unboundedParts(schema.item as Part, `${path}[]`)]
    case 'strict_tuple':
      return (schema.items ?? []).flatMap((item, index) => unboundedParts(item, `${path}[${index}]`))
    case 'strict_object':
      return Object.entries(schema.entries ?? {}).flatMap(([name, entry]) => unboundedParts(entry, `${path}.${name}`))
    case 'optional':
    case 'nullable':
    case 'nullish':
      return unboundedParts(schema.wrapped as Part, path)
    case 'variant':
    case 'union':
      return (schema.options ?? []).flatMap((option, index) => unboundedParts(option as Part, `${path}|${index}`))
    case 'lazy': {
      if (schema.getter === undefined || seen.has(schema)) return []
      seen.add(schema)
      return unboundedParts(schema.getter(undefined), path)
    }
    case 'custom': {
      // A check of its own before another schema; alone it would admit anything.
      const rest = (schema.pipe ?? []).slice(1).filter(({ kind }) => kind === 'schema')
      return rest.length === 0 ? [`${path}: custom`] : rest.flatMap((part) => unboundedParts(part, path))
    }
    case 'boolean':
    case 'picklist':
    case 'literal':
      return []
    default:
      return [`${path}: ${schema.type}`]
  }
}

const walk = (schema: v.GenericSchema): string[] => unboundedParts(schema, 'input')

describe('inputs of the contract', () => {
  it.each(procedureNames)('%s takes bounded texts, numbers and lists, and no unknown fields', (name) => {
    expect(walk(procedures[name].input)).toEqual([])
  })

  it.each([
    ['a text', v.strictObject({ a: v.string() }), ['input.a: string']],
    ['a text with a least length only', v.pipe(v.string(), v.minLength(1)), ['input: string']],
    ['an open pattern', v.pipe(v.string(), v.regex(/^[a-z]+$/)), ['input: string']],
    ['a pattern without an end', v.pipe(v.string(), v.regex(/^[a-z]{1,3}/)), ['input: string']],
    ['a list', v.array(v.boolean()), ['input: array']],
    ['a text within a bounded list', v.pipe(v.array(v.string()), v.maxLength(3)), ['input[]: string']],
    ['an optional list within an object', v.strictObject({ a: v.optional(v.nullable(v.array(v.boolean()))) }), ['input.a: array']],
    ['a number without a highest value', v.pipe(v.number(), v.integer(), v.minValue(0)), ['input: number']],
    ['an object with fields of any name', v.object({}), ['input: object']],
    ['a record', v.record(v.string(), v.boolean()), ['input: record']],
    ['anything', v.unknown(), ['input: unknown']]
  ])('the walk finds %s', (_what, schema, found) => {
    expect(walk(schema)).toEqual(found)
  })

  it.each(procedureNames)('%s refuses what is no object, and fields it does not know', (name) => {
    for (const input of [null, 5, 'x', [1], { anUnknownField: 1 }]) expect(v.safeParse(procedures[name].input, input).success).toBe(false)
  })

  it('fill in defaults that are valid themselves', () => {
    const empty = procedureNames.filter((name) => v.safeParse(procedures[name].input, {}).success)
    expect(empty).toContain('experiments.start-weak-to-strong')
    expect(empty).toContain('runs.list')
    for (const name of empty) {
      const filled = v.parse(procedures[name].input, {})
      expect(v.parse(procedures[name].input, filled)).toEqual(filled)
    }
  })

  it('have the defaults of the weak-to-strong experiment as its specification names them', () => {
    expect(v.parse(WeakToStrongConfig, {})).toEqual({
      task: 'parity', pretraining: 'unlabelled', pseudoClasses: 10, supervisorLevel: 1, studentLevel: 5, teacherLabels: 1000, confidenceWeight: 0.75,
      confidenceWarmUp: 0.2, confidenceSchedule: 'paper', threshold: 'adaptive', weakLabels: 'soft', pretrainingSteps: 500, headSteps: 400,
      seeds: [0, 1, 2, 3, 4, 5, 6, 7], engine: 'auto'
    })
  })

  it.each([
    ['a repeated seed', { seeds: [1, 1] }],
    ['no seed', { seeds: [] }],
    ['a seed beyond 32 bits', { seeds: [2 ** 32] }],
    ['too many seeds', { seeds: Array.from({ length: 65 }, (_, seed) => seed) }],
    ['a weight above 1', { confidenceWeight: 1.01 }],
    ['NaN', { confidenceWarmUp: Number.NaN }],
    ['half a step', { headSteps: 1.5 }],
    ['a level that does not exist', { studentLevel: 6 }],
    ['an unknown field', { steps: 5 }]
  ])('refuse a weak-to-strong configuration with %s', (_what, config) => {
    expect(v.safeParse(WeakToStrongConfig, config).success).toBe(false)
  })
})
