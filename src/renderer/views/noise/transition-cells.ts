/** Classes that a matrix shows as a whole; more are told as their largest cells. */
export const mostShown = 40

/** Background of a cell, as CSS: quiet on the diagonal, loud beside it, both by share; a difference diverges around zero. */
export function cellColour(value: number, isDiagonal: boolean, largest: number, diverging: boolean): string {
  const token = diverging ? (value >= 0 ? '--okabe-vermillion' : '--okabe-blue') : isDiagonal ? '--text-faint' : '--okabe-vermillion'
  const strength = diverging || !isDiagonal ? (largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest) * 0.62) : value * 0.18
  return `color-mix(in srgb, var(${token}) ${(100 * strength).toFixed(1)}%, var(--surface-sunken))`
}

/** Largest absolute value beside the diagonal (of the whole matrix where it is a difference). */
export const largestOf = (matrix: readonly number[], classes: number, diverging: boolean): number =>
  matrix.reduce((most, value, place) => (!diverging && place % (classes + 1) === 0 ? most : Math.max(most, Math.abs(value))), 0)

/** A share in percent with as many digits as a small cell holds: 12, 3.4, .2, and nothing for less than 0.05%. */
export function cellText(value: number, signed = false): string {
  const percent = 100 * value
  const size = Math.abs(percent)
  if (size < 0.05) return ''
  const text = size >= 9.95 ? size.toFixed(0) : size.toFixed(1)
  return `${percent < 0 ? '\u2212' : signed ? '+' : ''}${text}`
}

/** Off-diagonal cells, largest first. */
export function largestPairs(matrix: readonly number[], classes: number, most: number): readonly { readonly row: number; readonly column: number; readonly value: number }[] {
  return matrix
    .map((value, place) => ({ row: Math.floor(place / classes), column: place % classes, value }))
    .filter(({ row, column, value }) => row !== column && value > 0)
    .sort((a, b) => b.value - a.value || a.row - b.row || a.column - b.column)
    .slice(0, most)
}
