/** Classes that a matrix shows as a whole; more are told as their largest cells. */
export const mostShown = 40

/** Background of a cell, as CSS: quiet on the diagonal, loud beside it, both by share. */
export function cellColour(value: number, isDiagonal: boolean, largest: number): string {
  const token = isDiagonal ? '--text-faint' : '--okabe-vermillion'
  const strength = isDiagonal ? value * 0.18 : largest === 0 ? 0 : Math.min(1, value / largest) * 0.62
  return `color-mix(in srgb, var(${token}) ${(100 * strength).toFixed(1)}%, var(--surface-sunken))`
}

/** Largest value beside the diagonal. */
export const largestOf = (matrix: readonly number[], classes: number): number => matrix.reduce((most, value, place) => (place % (classes + 1) === 0 ? most : Math.max(most, value)), 0)

/** A share in percent with as many digits as a small cell holds: 12, 3.4, 0.2, and nothing for less than 0.05%. */
export function cellText(value: number): string {
  const percent = 100 * value
  return percent < 0.05 ? '' : percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(1)
}

/** Off-diagonal cells, largest first. */
export function largestPairs(matrix: readonly number[], classes: number, most: number): readonly { readonly row: number; readonly column: number; readonly value: number }[] {
  return matrix
    .map((value, place) => ({ row: Math.floor(place / classes), column: place % classes, value }))
    .filter(({ row, column, value }) => row !== column && value > 0)
    .sort((a, b) => b.value - a.value || a.row - b.row || a.column - b.column)
    .slice(0, most)
}
