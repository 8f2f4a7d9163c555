import * as v from 'valibot'

/** What a form shows of a method, and the settings that it asks for. */
export interface MethodForm {
  readonly name: string
  readonly title: string
  /** One sentence: what it does. */
  readonly explanation: string
  /** The publication it comes from. */
  readonly source: string
  readonly fields: readonly MethodField[]
}

export type MethodField = NumberField | ChoiceField | MatrixField

interface Field {
  readonly key: string
  readonly title: string
  readonly explanation: string
}

export interface NumberField extends Field {
  readonly kind: 'number'
  readonly minimum: number
  readonly maximum: number
  readonly default: number
  /** What one press of an arrow changes; 1 where only whole numbers are meant. */
  readonly step: number
  /** Empty for a plain number. */
  readonly unit: string
}

export interface ChoiceField extends Field {
  readonly kind: 'choice'
  readonly choices: readonly { readonly value: string; readonly title: string; readonly explanation: string }[]
  readonly default: string
}

/** A square matrix, classes x classes, or null. */
export interface MatrixField extends Field {
  readonly kind: 'matrix'
  readonly default: null
}

/** A field that takes a number within a range. */
export function numberField(
  key: string,
  title: string,
  explanation: string,
  [minimum, maximum]: readonly [number, number],
  value: number,
  step: number,
  unit = ''
): NumberField {
  return { kind: 'number', key, title, explanation, minimum, maximum, default: value, step, unit }
}

/** Schema of a field's number: within its bounds, its default where left out. */
export function number(field: NumberField) {
  return v.optional(v.pipe(v.number(), v.finite(), v.minValue(field.minimum), v.maxValue(field.maximum)), field.default)
}

/** The same for whole numbers. */
export function integer(field: NumberField) {
  return v.optional(v.pipe(v.number(), v.integer(), v.minValue(field.minimum), v.maxValue(field.maximum)), field.default)
}

/** Schema of a choice. */
export function choice<const Values extends readonly [string, ...string[]]>(values: Values, value: Values[number]) {
  return v.optional(v.picklist(values), value)
}

/** Classes a matrix of a configuration may have at most. */
export const maximumMatrixClasses = 256

const row = v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), v.minLength(2), v.maxLength(maximumMatrixClasses))

/** Schema of a transition matrix: square, shares from 0 to 1, each row summing to 1 within 1e-6; null where it is left out. */
export const transitionMatrix = v.optional(
  v.nullable(
    v.pipe(
      v.array(row),
      v.minLength(2),
      v.maxLength(maximumMatrixClasses),
      v.check((rows) => rows.every((cells) => cells.length === rows.length), 'A noise matrix has as many columns as rows.'),
      v.check((rows) => rows.every((cells) => Math.abs(cells.reduce((sum, cell) => sum + cell, 0) - 1) <= 1e-6), 'Each row of a noise matrix sums to 1.')
    )
  ),
  null
)
