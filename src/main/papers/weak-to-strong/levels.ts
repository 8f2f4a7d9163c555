/** A model size: the image is pooled to `grid` x `grid`, the body has two ReLU layers of `width` units. */
export interface Level {
  readonly level: number
  readonly grid: number
  readonly width: number
}

/** The five sizes, from a supervisor that sees almost nothing to a student that sees most of the image. */
export const levels: readonly Level[] = [
  { level: 1, grid: 3, width: 8 },
  { level: 2, grid: 4, width: 16 },
  { level: 3, grid: 5, width: 32 },
  { level: 4, grid: 7, width: 64 },
  { level: 5, grid: 14, width: 128 }
]

/** The size of a level from 1 to 5. */
export function levelOf(level: number): Level {
  const found = levels[level - 1]
  if (found === undefined) throw new RangeError(`There is no level ${level}; levels run from 1 to ${levels.length}.`)
  return found
}
