import { createHash } from 'node:crypto'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** A step of a stream's name: a word or an integer (an epoch, a fold, a client). */
export type StreamName = string | number

/**
 * A named sequence of random numbers. Two streams with the same seed and path give the same numbers on every
 * machine; streams with different paths are independent. Drawing from a stream never changes another one.
 */
export interface Stream {
  readonly seed: number
  readonly path: readonly StreamName[]
  /** The stream at `path + names`. It depends on the seed and the path only, never on what was drawn before. */
  child(...names: StreamName[]): Stream
  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number
  /** Uniform in 0 .. n - 1, without bias; n is a positive integer up to 2^32. */
  integer(n: number): number
  /** Standard normal. */
  normal(): number
  /** True with probability p. */
  bernoulli(p: number): boolean
  /** A uniformly random order of 0 .. n - 1. */
  permutation(n: number): Int32Array
  /** n standard normal numbers. */
  normals(n: number): Float32Array
}

/**
 * Opens the stream of a seed and a path of names, such as `stream(7, 'student', 'init')`.
 * Its state is the first 128 bits of SHA-256 over the path's JSON, its generator xoroshiro128+.
 *
 * @param seed an integer within the safe range
 */
export function stream(seed: number, ...path: StreamName[]): Stream {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed must be a whole number, not ${seed}.`)
  const wrong = path.find((name) => typeof name === 'number' && !Number.isSafeInteger(name))
  if (wrong !== undefined) throw new RangeError(`A stream's name must be a word or a whole number, not ${wrong}.`)
  return open(seed, path)
}

function open(seed: number, path: readonly StreamName[]): Stream {
  const generator = xoroshiro128plusFromState(initialState(seed, path))
  const word = (): number => generator.next() >>> 0
  // Box and Muller's method yields two numbers at a time; the second waits here.
  let spare: number | null = null

  const uniform = (): number => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992

  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 4294967296) throw new RangeError(`integer(n) needs a whole n from 1 to 2^32, not ${n}.`)
    // Rejecting the incomplete last block removes the bias of the remainder.
    const limit = 4294967296 - (4294967296 % n)
    let drawn = word()
    while (drawn >= limit) drawn = word()
    return drawn % n
  }

  const normal = (): number => {
    if (spare !== null) {
      const waiting = spare
      spare = null
      return waiting
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  return {
    seed,
    path,
    child: (...names) => stream(seed, ...path, ...names),
    uniform,
    integer,
    normal,
    bernoulli: (p) => uniform() < p,
    permutation: (n) => {
      const order = Int32Array.from({ length: n }, (_, i) => i)
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1)
        const moved = order[i] as number
        order[i] = order[j] as number
        order[j] = moved
      }
      return order
    },
    normals: (n) => {
      const numbers = new Float32Array(n)
      for (let i = 0; i < n; i++) numbers[i] = normal()
      return numbers
    }
  }
}

function initialState(seed: number, path: readonly StreamName[]): number[] {
  const digest = createHash('sha256').update(JSON.stringify([seed, ...path])).digest()
  return [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset))
}
