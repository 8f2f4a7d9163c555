/**
 * The smallest module with a SIMD instruction: a function of no arguments that drops a 128-bit constant.
 * An engine without WebAssembly SIMD rejects it as invalid.
 */
const simdModule = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11
])

/** Whether this JavaScript engine on this processor runs WebAssembly SIMD (fixed width, 128 bits). */
export function hasWasmSimd(): boolean {
  return WebAssembly.validate(simdModule)
}
