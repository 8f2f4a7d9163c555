import * as v from 'valibot'

/**
 * Input fields that several procedures share, each bounded: a caller can never make main allocate or loop without limit.
 */
export const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, 'An id has 1 to 64 letters, digits, dashes or underscores.'))
export const ids = v.pipe(v.array(id), v.minLength(1), v.maxLength(10_000))
export const name = v.pipe(v.string(), v.trim(), v.minLength(1, 'A name needs at least one character.'), v.maxLength(200, 'A name has at most 200 characters.'))
export const note = v.pipe(v.string(), v.maxLength(100_000, 'A note has at most 100,000 characters.'))
export const tag = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60))
export const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096), v.check((text) => !text.includes('\0'), 'A path cannot contain a NUL character.'))
export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
export const limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 1000)
export const offset = v.optional(count, 0)
/** Seeds are unsigned 32-bit integers. */
export const seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff))
export const nothing = v.optional(v.strictObject({}), {})
