/** Corners of a polygon: x, y, x, y, ... */
export type Polygon = readonly number[]

/** Whether a point lies inside a polygon, by the even-odd rule. */
export function isInside(x: number, y: number, polygon: Polygon): boolean {
  let inside = false
  for (let at = 0, before = polygon.length - 2; at < polygon.length; before = at, at += 2) {
    const [ax = 0, ay = 0] = [polygon[at], polygon[at + 1]]
    const [bx = 0, by = 0] = [polygon[before], polygon[before + 1]]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
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
    const [x = Number.NaN, y = Number.NaN] = [points[2 * row], points[2 * row + 1]]
    // Most points are outside the box around the polygon, where it costs nothing to say so.
    if (!(x >= left && x <= right && y >= low && y <= high) || !isInside(x, y, polygon)) continue
    mask[row] = 1
    count += 1
  }
  return { mask, count }
}
