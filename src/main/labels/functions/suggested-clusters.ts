import type { RuleSuggestions } from '../../../shared/domain/function-preview.ts'
import { hashText, hashTexts, type SparseText } from '../../learn/hashed-text-features.ts'
import { type Clusters, kMeans } from '../../learn/k-means.ts'
import { stream } from '../../learn/random.ts'
import { countDocuments, logOddsScores, withoutRepeats } from './log-odds.ts'

/** Columns of the hashed n-grams, and dimensions of their random projection. */
const hashed = 2 ** 18
const dimensions = 64
const starts = 4
const iterations = 15
const mostClusters = 8
/** Documents a cluster should hold on average, at least. */
const documentsPerCluster = 25
const mostTerms = 6
const mostExamples = 5

/**
 * Groups documents by k-means over TF-IDF weighted, hashed 1- and 2-grams, projected at random onto few dimensions (signs,
 * Achlioptas 2003), and describes each group by the n-grams most telling of it. Largest first; none below two groups' worth
 * of documents. Sizes are multiplied by `scale` where the documents are a sample.
 */
export function suggestClusters(documents: readonly ReadonlySet<string>[], texts: readonly string[], rows: readonly number[], scale: number, seed: number): RuleSuggestions['clusters'] {
  const k = Math.min(mostClusters, Math.floor(texts.length / documentsPerCluster))
  if (k < 2) return []
  const points = project(hashTexts(texts, { width: hashed, longest: 2, seed, inverseDocumentFrequency: true }), seed)
  const clusters = bestOfStarts(points, k, seed)
  const all = documents.map((_, index) => index)
  const background = countDocuments(documents, all)
  const described = Array.from({ length: k }, (_, cluster) => {
    const members = all.filter((index) => clusters.assignments[index] === cluster)
    const inside = countDocuments(documents, members)
    const outside = new Map([...background].map(([gram, count]) => [gram, count - (inside.get(gram) ?? 0)]))
    const ranked = [...logOddsScores(inside, outside, background)]
      .filter(([gram, score]) => score > 0 && (inside.get(gram) ?? 0) >= Math.max(2, members.length / 10))
      .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? -1 : 1))
      .map(([gram]) => gram)
    const nearest = members.map((index) => ({ index, distance: distanceTo(points, index, clusters, cluster) })).sort((a, b) => a.distance - b.distance || a.index - b.index)
    return {
      size: Math.round(members.length * scale),
      terms: withoutRepeats(ranked, inside, mostTerms),
      rows: nearest.slice(0, mostExamples).map(({ index }) => rows[index] ?? -1)
    }
  })
  return described.filter(({ size, terms }) => size > 0 && terms.length > 0).sort((a, b) => b.size - a.size)
}

/** Random signs for every column, taken from the bits of its hash; rows are scaled to length 1. */
function project(texts: readonly SparseText[], seed: number): Float32Array {
  const points = new Float32Array(texts.length * dimensions)
  texts.forEach(({ columns, weights }, row) => {
    const point = points.subarray(row * dimensions, (row + 1) * dimensions)
    columns.forEach((column, index) => {
      const weight = weights[index] ?? 0
      for (let word = 0; word * 32 < dimensions; word++) {
        const bits = hashText(`${column}`, seed + 1 + word)
        for (let bit = 0; bit < 32; bit++) {
          const dimension = word * 32 + bit
          point[dimension] = (point[dimension] ?? 0) + ((bits >>> bit) & 1 ? weight : -weight)
        }
      }
    })
    const length = Math.sqrt(point.reduce((sum, value) => sum + value * value, 0))
    if (length > 0) point.forEach((value, dimension) => (point[dimension] = value / length))
  })
  return points
}

function bestOfStarts(points: Float32Array, k: number, seed: number): Clusters {
  let best: Clusters | null = null
  let least = Infinity
  for (let start = 0; start < starts; start++) {
    const clusters = kMeans(points, dimensions, k, iterations, stream(seed, 'rule-suggestions', start))
    const spread = clusters.assignments.reduce((sum, cluster, index) => sum + distanceTo(points, index, clusters, cluster), 0)
    if (best === null || spread < least) {
      best = clusters
      least = spread
    }
  }
  return best ?? { assignments: new Int32Array(), centers: new Float32Array() }
}

function distanceTo(points: Float32Array, index: number, { centers }: Clusters, cluster: number): number {
  let sum = 0
  for (let d = 0; d < dimensions; d++) sum += ((points[index * dimensions + d] ?? 0) - (centers[cluster * dimensions + d] ?? 0)) ** 2
  return sum
}
