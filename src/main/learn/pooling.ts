/**
 * Adaptive average pooling of square grey images: output pixel (i, j) of an r x r grid is the mean over input rows
 * floor(i n / r) .. ceil((i + 1) n / r) and the same columns, so that every output pixel sees at least one input pixel
 * and windows overlap where r does not divide n.
 *
 * @param images count x side x side, row-major bytes (0..255)
 * @returns count x r x r values in [0, 1]
 */
export function poolImages(images: Uint8Array, side: number, r: number): Float32Array {
  const count = images.length / (side * side)
  if (!Number.isInteger(count)) throw new RangeError(`${images.length} bytes are not whole images of ${side} x ${side}.`)
  const pooled = new Float32Array(count * r * r)
  const windows = Array.from({ length: r }, (_, i) => ({ from: Math.floor((i * side) / r), to: Math.ceil(((i + 1) * side) / r) }))
  for (let image = 0; image < count; image++) {
    windows.forEach((rows, i) => {
      windows.forEach((columns, j) => {
        pooled[(image * r + i) * r + j] = windowMean(images, image * side * side, side, rows, columns) / 255
      })
    })
  }
  return pooled
}

interface Window {
  readonly from: number
  readonly to: number
}

function windowMean(images: Uint8Array, offset: number, side: number, rows: Window, columns: Window): number {
  let sum = 0
  for (let y = rows.from; y < rows.to; y++) {
    for (let x = columns.from; x < columns.to; x++) sum += images[offset + y * side + x] ?? 0
  }
  return sum / ((rows.to - rows.from) * (columns.to - columns.from))
}
