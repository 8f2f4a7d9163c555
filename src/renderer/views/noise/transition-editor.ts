/** A transition matrix as it is edited: P(noisy = column | true = row), row-major, each row sums to 1. */
export type Transition = readonly number[]

const fill = (classes: number, value: (row: number, column: number) => number): Transition =>
  Array.from({ length: classes * classes }, (_, place) => value(Math.floor(place / classes), place % classes))

/** Wrong with probability `rate`, any other class equally likely. */
export const symmetricTransition = (classes: number, rate: number): Transition => fill(classes, (row, column) => (row === column ? 1 - rate : rate / (classes - 1)))

/** Wrong with probability `rate`, then always the next class; the last goes to the first. */
export const pairTransition = (classes: number, rate: number): Transition => fill(classes, (row, column) => (row === column ? 1 - rate : column === (row + 1) % classes ? rate : 0))

/**
 * Changes one cell and keeps the sum of its row: an off-diagonal cell is taken from the diagonal, and where that is used up from the other
 * cells in proportion; the diagonal leaves its rest to the others in proportion, in equal parts where they are all 0.
 */
export function changeCell(matrix: Transition, classes: number, row: number, column: number, value: number): Transition {
  const next = [...matrix]
  const wanted = Math.min(1, Math.max(0, value))
  const at = (of: number): number => row * classes + of
  next[at(column)] = wanted
  const others = Array.from({ length: classes }, (_, of) => of).filter((of) => of !== column && of !== row)
  const taken = others.reduce((sum, of) => sum + (next[at(of)] ?? 0), 0)
  if (column !== row && wanted + taken <= 1) {
    next[at(row)] = 1 - wanted - taken
    return next
  }
  if (column !== row) next[at(row)] = 0
  for (const of of others) next[at(of)] = taken === 0 ? (1 - wanted) / others.length : ((next[at(of)] ?? 0) * (1 - wanted)) / taken
  return next
}

/** Share of labels that the noise makes wrong where class `row` has the share `prior[row]` of the labels. */
export const noiseRate = (matrix: Transition, prior: readonly number[]): number =>
  prior.reduce((sum, share, row) => sum + share * (1 - (matrix[row * prior.length + row] ?? 0)), 0)
