/**
 * Measures of predictions, on plain arrays. Labels are class indices 0 .. K - 1; probabilities are rows of K
 * numbers, one row after the other. A measure of nothing (no examples, no classes) is NaN rather than a made-up 0.
 */

/** Share of predictions that equal the truth. */
export function accuracy(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  sameLength(predicted, truth)
  let right = 0
  for (let i = 0; i < truth.length; i++) if (predicted[i] === truth[i]) right++
  return right / truth.length
}

/** The most probable class of each row; the lowest index at a tie. */
export function predictedClasses(probabilities: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, row) => {
    let best = 0
    for (let k = 1; k < classes; k++) {
      if ((probabilities[row * classes + k] as number) > (probabilities[row * classes + best] as number)) best = k
    }
    return best
  })
}

/** Counts [K, K] of examples by true class (rows) and predicted class (columns), row after row. */
export function confusionMatrix(predicted: ArrayLike<number>, truth: ArrayLike<number>, classes: number): Int32Array {
  sameLength(predicted, truth)
  const counts = new Int32Array(classes * classes)
  for (let i = 0; i < truth.length; i++) {
    const cell = label(truth[i], classes) * classes + label(predicted[i], classes)
    counts[cell] = (counts[cell] as number) + 1
  }
  return counts
}

/**
 * Mean over classes of `F1 = 2 TP / (2 TP + FP + FN)`. A class that occurs neither in the truth nor among the
 * predictions has no F1 and is left out of the mean; one that occurs in only one of them has an F1 of 0.
 */
export function macroF1(predicted: ArrayLike<number>, truth: ArrayLike<number>, classes: number): number {
  const counts = confusionMatrix(predicted, truth, classes)
  let sum = 0
  let present = 0
  for (let k = 0; k < classes; k++) {
    let inTruth = 0
    let inPredictions = 0
    for (let other = 0; other < classes; other++) {
      inTruth += counts[k * classes + other] as number
      inPredictions += counts[other * classes + k] as number
    }
    if (inTruth + inPredictions === 0) continue
    present++
    sum += (2 * (counts[k * classes + k] as number)) / (inTruth + inPredictions)
  }
  return sum / present
}

/**
 * Expected calibration error (Guo et al., 2017): examples are binned by the probability of the predicted class into
 * bins of equal width, (0, 1/15], (1/15, 2/15], ...; the error is `sum_b n_b / n |accuracy_b - confidence_b|`.
 */
export function expectedCalibrationError(probabilities: ArrayLike<number>, truth: ArrayLike<number>, classes: number, bins = 15): number {
  const predicted = predictedClasses(probabilities, classes)
  sameLength(predicted, truth)
  const surplus = new Float64Array(bins)
  predicted.forEach((k, row) => {
    const confidence = probabilities[row * classes + k] as number
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))
    surplus[bin] = (surplus[bin] as number) + (k === truth[row] ? 1 : 0) - confidence
  })
  return surplus.reduce((sum, difference) => sum + Math.abs(difference), 0) / truth.length
}

/**
 * Area under the ROC curve: the probability that a positive example scores higher than a negative one, ties
 * counting half (Mann and Whitney's U, by mid-ranks). NaN when either kind is absent.
 *
 * @param scores higher means more positive
 * @param positive whether each example is positive
 */
export function binaryAuroc(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number {
  sameLength(scores, positive)
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number))
  let rankSum = 0
  let positives = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) end++
    const midRank = (start + 1 + end) / 2
    for (let i = start; i < end; i++) {
      if (!positive[order[i] as number]) continue
      positives++
      rankSum += midRank
    }
    start = end
  }
  const pairs = positives * (order.length - positives)
  return pairs === 0 ? Number.NaN : (rankSum - (positives * (positives + 1)) / 2) / pairs
}

/**
 * Multi-class AUROC: the mean over classes of each class's area against the rest. Classes that are absent from the
 * truth, or make up all of it, have no area and are left out. With two classes it equals the area of class 1.
 */
export function macroAuroc(probabilities: ArrayLike<number>, truth: ArrayLike<number>, classes: number): number {
  const areas: number[] = []
  for (let k = classes === 2 ? 1 : 0; k < classes; k++) {
    const scores = Float64Array.from({ length: truth.length }, (_, row) => probabilities[row * classes + k] as number)
    const area = binaryAuroc(scores, Array.from({ length: truth.length }, (_, row) => truth[row] === k))
    if (!Number.isNaN(area)) areas.push(area)
  }
  return areas.length === 0 ? Number.NaN : areas.reduce((sum, area) => sum + area, 0) / areas.length
}

function sameLength(a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (a.length !== b.length) throw new RangeError(`There are ${a.length} predictions but ${b.length} truths.`)
}

function label(value: number | undefined, classes: number): number {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value >= classes) {
    throw new RangeError(`${value} is not one of the classes 0 to ${classes - 1}.`)
  }
  return value
}
