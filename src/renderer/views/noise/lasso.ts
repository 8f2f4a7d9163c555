/** Corners of a polygon: x, y, x, y, ... */
export type Polygon = readonly number[]

/** Whether a point lies inside a polygon, by the even-odd rule. */
export function isInside(x: number, y: number, polygon: Polygon): boolean {
  let inside = false
  let bx = polygon[polygon.length - 2] ?? 0
  let by = polygon[polygon.length - 1] ?? 0
  for (let at = 0; at < polygon.length; at += 2) {
    const ax = polygon[at] ?? 0
    const ay = polygon[at + 1] ?? 0
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
    bx = ax
    by = ay
  }
  return inside
}

export const boxPolygon = (x0: number, y0: number, x1: number, y1: number): Polygon => [x0, y0, x1, y0, x1, y1, x0, y1]

/** A mask of the points (x, y, x, y, ...) inside a polygon; points that were not placed (NaN) are outside. */
export function pointsInside(points: Float32Array, polygon: Polygon): { readonly mask: Uint8Array; readonly count: number } {
  const mask = new Uint8Array(points.length / 2)
  const xs = polygon.filter((_, index) => index % 2 === 0)
  const ys = polygon.filter((_, index) => index % 2 === 1)
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  let count = 0
  for (let row = 0; row < mask.length; row += 1) {
    const x = points[2 * row] ?? Number.NaN
    const y = points[2 * row + 1] ?? Number.NaN
    // Most points are outside the box around the polygon, where it costs nothing to say so.
    if (!(x >= left && x <= right && y >= low && y <= high) || !isInside(x, y, polygon)) continue
    mask[row] = 1
    count += 1
  }
  return { mask, count }
}
