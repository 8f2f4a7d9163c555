/** Where the plane is in a canvas: pixel x = x * scaleX + left, pixel y = y * scaleY + top. A plane's y goes up, so that scaleY is negative. */
export interface PlaneTransform {
  readonly scaleX: number
  readonly scaleY: number
  readonly left: number
  readonly top: number
}

/** Smallest box around some points. */
export interface Bounds {
  readonly minX: number
  readonly maxX: number
  readonly minY: number
  readonly maxY: number
}

/** Bounds of the points that were placed; the unit square where there are none. */
export function boundsOf(points: Float32Array): Bounds {
  let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let at = 0; at < points.length; at += 2) {
    const x = points[at] ?? Number.NaN
    const y = points[at + 1] ?? Number.NaN
    if (x < minX) minX = x
    if (x > maxX) maxX = x
    if (y < minY) minY = y
    if (y > maxY) maxY = y
  }
  return minX <= maxX && minY <= maxY ? { minX, maxX, minY, maxY } : { minX: 0, maxX: 1, minY: 0, maxY: 1 }
}

/** The transform that shows the bounds with a margin; `square` keeps units of both axes equally long, as distances in a map need. */
export function fitBounds({ minX, maxX, minY, maxY }: Bounds, width: number, height: number, margin: number, square: boolean): PlaneTransform {
  const [spanX, spanY] = [maxX - minX || 1, maxY - minY || 1]
  let [scaleX, scaleY] = [Math.max(1, width - 2 * margin) / spanX, Math.max(1, height - 2 * margin) / spanY]
  if (square) scaleX = scaleY = Math.min(scaleX, scaleY)
  return { scaleX, scaleY: -scaleY, left: width / 2 - ((minX + maxX) / 2) * scaleX, top: height / 2 + ((minY + maxY) / 2) * scaleY }
}

/** The transform magnified by a factor around a pixel, which stays where it is. */
export function zoomAt({ scaleX, scaleY, left, top }: PlaneTransform, x: number, y: number, factor: number): PlaneTransform {
  return { scaleX: scaleX * factor, scaleY: scaleY * factor, left: x - (x - left) * factor, top: y - (y - top) * factor }
}

export const panBy = (transform: PlaneTransform, dx: number, dy: number): PlaneTransform => ({ ...transform, left: transform.left + dx, top: transform.top + dy })

export const toPlane = ({ scaleX, scaleY, left, top }: PlaneTransform, x: number, y: number): readonly [number, number] => [(x - left) / scaleX, (y - top) / scaleY]
export const toPixel = ({ scaleX, scaleY, left, top }: PlaneTransform, x: number, y: number): readonly [number, number] => [x * scaleX + left, y * scaleY + top]

/** The row whose point is nearest to a pixel and at most `reach` pixels away, of those that are drawn; null where there is none. */
export function nearestPoint(points: Float32Array, layers: Uint8Array, { scaleX, scaleY, left, top }: PlaneTransform, x: number, y: number, reach: number): number | null {
  let [best, least] = [-1, reach * reach]
  for (let row = 0; row < layers.length; row += 1) {
    const dx = (points[2 * row] ?? Number.NaN) * scaleX + left - x
    const dy = (points[2 * row + 1] ?? Number.NaN) * scaleY + top - y
    const distance = dx * dx + dy * dy
    if (distance <= least && layers[row] !== 0) [best, least] = [row, distance]
  }
  return best < 0 ? null : best
}
