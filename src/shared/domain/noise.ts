/** Classes that label noise can be looked for among at most: its matrices grow with their square. */
export const maximumNoiseClasses = 1000

/** How confident learning decides which labels to flag. */
export const pruningMethods = ['prune-by-class', 'prune-by-noise-rate', 'both', 'confident-learning', 'predicted-neq-given', 'low-self-confidence', 'low-normalized-margin'] as const
export type PruningMethod = (typeof pruningMethods)[number]

/** Scores of a given label from class probabilities, in [0, 1]; lower is more likely wrong. */
export const labelScores = ['self-confidence', 'normalized-margin', 'confidence-weighted-entropy'] as const
export type LabelScore = (typeof labelScores)[number]

/** Kinds of seeded label noise. */
export const noiseTypes = ['symmetric', 'pair', 'matrix', 'instance', 'model', 'annotator'] as const
export type NoiseType = (typeof noiseTypes)[number]
