import { stream } from '../../../learn/random.ts'

export const side = 8
export const count = 1000

/** A small set of grey images: ten random patterns with noise, one a digit, so that there is something to learn. */
export function syntheticDigits(seed: number): { readonly images: Uint8Array; readonly digits: Int32Array } {
  const random = stream(seed, 'synthetic digits')
  const patterns = Array.from({ length: 10 }, () => Float32Array.from({ length: side * side }, () => 255 * random.uniform()))
  const digits = Int32Array.from({ length: count }, () => random.integer(10))
  const images = Uint8Array.from({ length: count * side * side }, (_, index) => {
    const pattern = patterns[digits[Math.floor(index / (side * side))] as number] as Float32Array
    return Math.min(255, Math.max(0, Math.round((pattern[index % (side * side)] as number) + 60 * random.normal())))
  })
  return { images, digits }
}
