import { isChangedByDouble } from './number-cell.ts'
import { decodeExactly, utf8Fault, type ByteEncoding } from './text-encoding.ts'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject { readonly [name: string]: JsonValue }

/** A value, or why there is none. */
export type ParsedJson = { readonly value: JsonValue } | { readonly fault: string }

/**
 * Parses JSON exactly: a whole number that a double would change becomes the text of its digits (an identifier such as a
 * tweet's).
 */
export function parseJson(bytes: Uint8Array, encoding: ByteEncoding): ParsedJson {
  const text = decodeExactly(bytes, encoding)
  if (text === null) return { fault: utf8Fault(bytes) ?? 'The row is not UTF-8.' }
  try {
    const value: unknown = /\d{16}/.test(text) ? JSON.parse(text, exactly as (key: string, value: unknown) => unknown) : JSON.parse(text)
    return { value: value as JsonValue }
  } catch (error) {
    // V8 quotes the text around the mistake; the excerpt does that already.
    const reason = error instanceof Error ? error.message.replace(/,? ?(?:\.\.\.)?"[^]*$/, '') : ''
    return { fault: `The row is not valid JSON: ${reason}.` }
  }
}

/** Whether a value is an object, neither array nor null. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value)
}

/** `Array.isArray` for values that may be read-only arrays. */
export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** A field of an object that is its own, whatever its name. */
export function fieldOf(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

const deepest = 8

/** The shape of a rectangular array of numbers with up to 8 axes, such as [28, 28]; null for anything else. */
export function numericShape(value: JsonValue, depth = 1): readonly number[] | null {
  if (!isArray(value) || value.length === 0 || depth > deepest) return null
  if (value.every((element) => typeof element === 'number')) return [value.length]
  const shapes = value.every(isArray) ? value.map((element) => numericShape(element, depth + 1)) : [null]
  const first = shapes[0] ?? null
  return first !== null && shapes.every((shape) => shape !== null && sameShape(shape, first)) ? [value.length, ...first] : null
}

/** Whether two shapes are equal. */
export function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis])
}

function exactly(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const source = context.source
  return typeof value === 'number' && source !== undefined && /^-?\d{16,}$/.test(source) && isChangedByDouble(source) ? source : value
}
