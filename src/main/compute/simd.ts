/**
 * The smallest module with a SIMD instruction: a function of no arguments that drops a 128-bit constant.
 * An engine without WebAssembly SIMD rejects it as invalid.
 */
const simdModule = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11
])

/** Exports `f(a, b, c)`, the first lane of `f32x4.relaxed_madd` of three splats. */
const relaxedModule = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 125, 125, 125, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0,
  10, 22, 1, 20, 0, 32, 0, 253, 19, 32, 1, 253, 19, 32, 2, 253, 19, 253, 133, 2, 253, 31, 0, 11
])

/** Whether this JavaScript engine on this processor runs WebAssembly SIMD (fixed width, 128 bits). */
export function hasWasmSimd(): boolean {
  return WebAssembly.validate(simdModule)
}

/**
 * Whether it also runs relaxed SIMD with a multiply-add that rounds once. The relaxed instruction may round twice
 * where a processor has no fused one; then it gains nothing, and results would depend on more than the device says.
 */
export function fusesMultiplyAdd(): boolean {
  if (!WebAssembly.validate(relaxedModule)) return false
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(relaxedModule)).exports as { f: (a: number, b: number, c: number) => number }
  // (1 + e)^2 = 1 + 2e + e^2, whose last term is lost when the product is rounded by itself.
  const e = 2 ** -12
  return f(1 + e, 1 + e, -(1 + 2 * e)) === e * e
}
