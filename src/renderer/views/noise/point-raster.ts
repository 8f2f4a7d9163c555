import type { PlaneTransform } from './plane-transform.ts'

/** What is drawn of a row: nothing, faintly, as usual, or as selected, on top of all others. */
export const layerNames = ['hidden', 'faint', 'usual', 'selected'] as const
export const [hiddenLayer, faintLayer, usualLayer, selectedLayer] = [0, 1, 2, 3] as const

/** Points to be drawn: coordinates x, y, x, y, ..., colours as bytes R, G, B, A of a little-endian integer, and layers. */
export interface PointCloud {
  readonly points: Float32Array
  readonly colours: Uint32Array
  readonly layers: Uint8Array
}

/** Offsets of the pixels of a disc of this diameter, as runs: y, first x, last x, one after the other. */
function discRuns(diameter: number): Int32Array {
  const [radius, middle] = [diameter / 2, (diameter - 1) / 2]
  const first = -Math.floor(middle)
  return Int32Array.from(Array.from({ length: diameter }, (_, line) => {
    const half = Math.sqrt(Math.max(0, radius * radius - (line - middle) ** 2))
    return [first + line, Math.ceil(first + middle - half), Math.floor(first + middle + half)]
  }).flat())
}

/** Diameter in pixels that so many points are drawn with, larger the closer one looks. */
export function pointSize(count: number, magnification: number, pixelRatio: number): number {
  const usual = count > 200_000 ? 1 : count > 40_000 ? 2 : count > 4000 ? 3 : count > 400 ? 5 : 7
  const closer = Math.min(6, Math.max(0, Math.log2(Math.max(1, magnification)) * 0.8))
  return Math.max(1, Math.round((usual + closer) * pixelRatio))
}

/**
 * Draws points into the pixels of an image, layer by layer. Every pixel is written by the processor: no graphics card is asked, and a
 * million points take a few milliseconds in any browser.
 *
 * @param pixels width x height, cleared by the caller
 * @param ring colour around selected points; null where they are too many to be told apart by it
 */
export function drawPoints(pixels: Uint32Array, width: number, height: number, { points, colours, layers }: PointCloud, { scaleX, scaleY, left, top }: PlaneTransform, size: number, ring: number | null): void {
  for (const layer of [faintLayer, usualLayer, selectedLayer]) {
    const diameter = layer === faintLayer ? Math.max(1, size - 1) : layer !== selectedLayer ? size : ring === null ? size + 1 : size + 2
    const [inner, outer] = [discRuns(diameter), discRuns(diameter + 4)]
    for (let row = 0; row < layers.length; row += 1) {
      if (layers[row] !== layer) continue
      const x = (points[2 * row] ?? Number.NaN) * scaleX + left
      const y = (points[2 * row + 1] ?? Number.NaN) * scaleY + top
      // False for NaN too: such a row was not placed.
      if (!(x >= 0 && x < width && y >= 0 && y < height)) continue
      if (diameter === 1) {
        pixels[(y | 0) * width + (x | 0)] = colours[row] ?? 0
        continue
      }
      if (layer === selectedLayer && ring !== null) fillRuns(pixels, width, height, x | 0, y | 0, outer, ring)
      fillRuns(pixels, width, height, x | 0, y | 0, inner, colours[row] ?? 0)
    }
  }
}

function fillRuns(pixels: Uint32Array, width: number, height: number, x: number, y: number, runs: Int32Array, colour: number): void {
  for (let run = 0; run < runs.length; run += 3) {
    const line = y + (runs[run] ?? 0)
    if (line < 0 || line >= height) continue
    const end = line * width + Math.min(width - 1, x + (runs[run + 2] ?? 0))
    for (let at = line * width + Math.max(0, x + (runs[run + 1] ?? 0)); at <= end; at += 1) pixels[at] = colour
  }
}

/** A CSS colour `rgb(r, g, b)` or `#rrggbb` as the integer that pixels hold, mixed with another where `share` of it is less than 1. */
export function packColour(colour: string, over = colour, share = 1): number {
  const [front, back] = [channelsOf(colour), channelsOf(over)]
  const [red, green, blue] = front.map((value, index) => Math.round(value * share + (back[index] ?? 0) * (1 - share))) as [number, number, number]
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
}

export function channelsOf(colour: string): readonly [number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)
  const parts = hex === null ? (colour.match(/[\d.]+/g) ?? []).map(Number) : hex.slice(1).map((part) => Number.parseInt(part, 16))
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0]
}
