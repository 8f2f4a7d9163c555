/**
 * Mixtures of two components on one-dimensional values, such as the losses of examples: a low component (mostly right labels)
 * and a high one (mostly wrong ones), fitted by expectation maximisation from a start that the values alone decide.
 */
export interface TwoComponents {
  /** Means, the low component's first. */
  readonly means: readonly [number, number]
  readonly variances: readonly [number, number]
  /** Shares of the components. */
  readonly weights: readonly [number, number]
  /** Probability of the low component for each value. */
  readonly low: Float64Array
  readonly iterations: number
  /** Mean log-likelihood of the values. */
  readonly logLikelihood: number
}

export interface FitSettings {
  readonly iterations?: number
  /** Stops when the mean log-likelihood grows by less. */
  readonly tolerance?: number
}

type Pair = [number, number]

/** A family of distributions, each given by its mean and variance. */
interface Family {
  /** The logarithms of the densities of two of them, as a function of the value. */
  prepare(components: readonly Moments[]): (value: number) => Pair
}

interface Moments {
  readonly mean: number
  readonly variance: number
}

/** Values that differ less than this are one value to the fit. */
const leastVariance = 5e-4

/**
 * Two Gaussians, as in DivideMix (Li et al., 2020): maximum likelihood, 5e-4 added to each variance.
 *
 * @param values about 0 to 1, such as losses scaled by their least and largest, see {@link scaledToUnit}
 */
export function twoGaussians(values: ArrayLike<number>, settings: FitSettings = {}): TwoComponents {
  return fit(values, gaussians, { iterations: 100, tolerance: 1e-6, ...settings }, leastVariance)
}

/**
 * Two beta distributions, as in Arazo et al. (2019), which suit the skewed distribution of losses better; the maximisation step
 * matches mean and variance. Values are moved into [1e-4, 1 - 1e-4].
 *
 * @param values 0 to 1, see {@link scaledToUnit}
 */
export function twoBetas(values: ArrayLike<number>, settings: FitSettings = {}): TwoComponents {
  const inside = Float64Array.from(values, (value) => Math.min(1 - 1e-4, Math.max(1e-4, value)))
  return fit(inside, betas, { iterations: 50, tolerance: 1e-6, ...settings }, 0)
}

/** `(x - min) / (max - min)`; zeros where all are equal. */
export function scaledToUnit(values: ArrayLike<number>): Float64Array {
  let [least, largest] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i] as number)
    largest = Math.max(largest, values[i] as number)
  }
  const range = largest - least
  return Float64Array.from(values, (value) => (range > 0 ? (value - least) / range : 0))
}

/**
 * The probability of the low component made monotone: no value has a larger one than a smaller value. Of two components
 * the broader one wins at both ends, which would call the very smallest losses suspect.
 */
export function monotoneLow(values: ArrayLike<number>, low: Float64Array): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => (values[b] as number) - (values[a] as number))
  const monotone = new Float64Array(values.length)
  let highest = 0
  for (const i of order) monotone[i] = highest = Math.max(highest, low[i] as number)
  return monotone
}

function fit(values: ArrayLike<number>, family: Family, { iterations, tolerance }: Required<FitSettings>, floor: number): TwoComponents {
  const low = startingSplit(values)
  let parameters = estimate(values, low, floor)
  let logLikelihood = -Infinity
  let done = 0
  while (done < iterations) {
    const reached = expect(values, low, parameters, family)
    const gain = reached - logLikelihood
    logLikelihood = reached
    done++
    if (gain < tolerance) break
    parameters = estimate(values, low, floor)
  }
  const { components, weights } = parameters
  const isOrdered = components[0].mean <= components[1].mean
  const [a, b] = isOrdered ? components : [components[1], components[0]]
  return {
    means: [a.mean, b.mean],
    variances: [a.variance, b.variance],
    weights: isOrdered ? weights : [weights[1], weights[0]],
    low: isOrdered ? low : low.map((p) => 1 - p),
    iterations: done,
    logLikelihood
  }
}

interface Parameters {
  readonly components: [Moments, Moments]
  readonly weights: Pair
}

/** Expectation step: writes the low component's probabilities, answers the mean log-likelihood. */
function expect(values: ArrayLike<number>, low: Float64Array, { components, weights }: Parameters, family: Family): number {
  const densities = family.prepare(components)
  const [logFirst, logSecond] = weights.map((weight) => Math.log(Math.max(weight, 1e-300))) as Pair
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const [first, second] = densities(values[i] as number)
    const [a, b] = [first + logFirst, second + logSecond]
    const top = Math.max(a, b)
    const total = top + Math.log(Math.exp(a - top) + Math.exp(b - top))
    low[i] = Math.exp(a - total)
    sum += total
  }
  return sum / values.length
}

/** Maximisation step: weighted means and variances. */
function estimate(values: ArrayLike<number>, low: Float64Array, floor: number): Parameters {
  const first = weightedMoments(values, (i) => low[i] as number, floor)
  const second = weightedMoments(values, (i) => 1 - (low[i] as number), floor)
  const share = first.mass / values.length
  return { components: [first, second], weights: [share, 1 - share] }
}

function weightedMoments(values: ArrayLike<number>, weight: (i: number) => number, floor: number): Moments & { readonly mass: number } {
  let [mass, sum] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    mass += weight(i)
    sum += weight(i) * (values[i] as number)
  }
  // An empty component keeps away from the values: it has no mass to decide with.
  const mean = mass > 0 ? sum / mass : 1
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += weight(i) * ((values[i] as number) - mean) ** 2
  return { mass, mean, variance: (mass > 0 ? squares / mass : 0) + floor }
}

/** Memberships of 0 and 1 by two means, from the 10% and 90% quantiles. */
function startingSplit(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  let [lowMean, highMean] = [at(0.1), at(0.9)]
  if (lowMean === highMean) [lowMean, highMean] = [at(0), at(1)]
  let border = (lowMean + highMean) / 2
  for (let round = 0; round < 30; round++) {
    const below = weightedMoments(values, (i) => Number((values[i] as number) <= border), 0)
    const above = weightedMoments(values, (i) => Number((values[i] as number) > border), 0)
    if (above.mass === 0) break
    const next = (below.mean + above.mean) / 2
    if (next === border) break
    border = next
  }
  return Float64Array.from(values, (value) => Number(value <= border))
}

const gaussians: Family = {
  prepare: (components) => {
    const [first, second] = components.map(({ mean, variance }) => {
      const scale = -0.5 * Math.log(2 * Math.PI * variance)
      return (value: number): number => scale - (value - mean) ** 2 / (2 * variance)
    }) as [(value: number) => number, (value: number) => number]
    return (value) => [first(value), second(value)]
  }
}

const betas: Family = {
  prepare: (components) => {
    const [first, second] = components.map((moments) => {
      const [a, b] = betaParameters(moments)
      const scale = logGamma(a + b) - logGamma(a) - logGamma(b)
      return (value: number): number => scale + (a - 1) * Math.log(value) + (b - 1) * Math.log1p(-value)
    }) as [(value: number) => number, (value: number) => number]
    return (value) => [first(value), second(value)]
  }
}

/** The parameters of the beta distribution with a mean and a variance: `a = m (m (1 - m) / v - 1)`, `b = a (1 - m) / m`. */
export function betaParameters({ mean, variance }: Moments): readonly [a: number, b: number] {
  const m = Math.min(1 - 1e-4, Math.max(1e-4, mean))
  // A variance of 0, or the largest possible one, has no beta distribution.
  const v = Math.min(0.999 * m * (1 - m), Math.max(1e-6, variance))
  const concentration = (m * (1 - m)) / v - 1
  return [m * concentration, (1 - m) * concentration]
}

const lanczos = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7]

/** log Gamma(x) for x > 0, by Lanczos's approximation (g = 7, nine terms), to about 1e-14. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const series = lanczos.reduce((sum, term, i) => sum + term / (shifted + i + 1), 0.99999999999980993)
  const t = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(series)
}
