/** A part of an axis. */
export interface Range {
  readonly first: number
  readonly count: number
}

/**
 * Cuts an axis into ranges of about equal length, each but the last a multiple of a step long.
 *
 * @param pieces how many there are at most; at least one is returned, even of nothing
 */
export function cut(length: number, step: number, pieces: number): Range[] {
  const steps = Math.ceil(length / step)
  const count = Math.max(1, Math.min(pieces, steps))
  return Array.from({ length: count }, (_, i) => {
    const first = Math.floor((steps * i) / count) * step
    return { first, count: Math.min(length, Math.floor((steps * (i + 1)) / count) * step) - first }
  })
}

/** Least time that a range has to take on its own to be worth handing over, in nanoseconds. */
const worthwhile = 20_000

/** How many ranges work of so many nanoseconds is cut into for so many threads. */
export const piecesFor = (nanoseconds: number, threads: number): number => Math.max(1, Math.min(threads, Math.floor(nanoseconds / worthwhile)))

/** As many numbers as are worth summing in parts, and in how many. */
const [leastToPart, sumParts] = [16_384, 8]

/**
 * Cuts rows that are summed into parts whose sums are added in order. The parts depend on the shape alone: by as many as
 * there are threads, the number of threads would show in the last bits of the sums.
 */
export const partsOfSum = (rows: number, columns: number): Range[] => cut(rows, 1, rows * columns < leastToPart ? 1 : sumParts)
