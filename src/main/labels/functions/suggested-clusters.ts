import type { RuleSuggestions } from '../../../shared/domain/function-preview.ts'
import { countDocuments, type GramCorpus } from './gram-corpus.ts'
import { logOdds, rankTerms, withoutRepeats } from './log-odds.ts'
import { type SparseRows, sphericalKMeans } from './spherical-k-means.ts'
import { hasContent } from './stop-words.ts'

/** Starts of the clustering, and steps of each. */
const effort = { starts: 2, iterations: 10 }
const mostClusters = 8
/** Documents a cluster should hold on average, at least. */
const documentsPerCluster = 25
const mostTerms = 6
const mostExamples = 5

/**
 * Groups documents by spherical k-means over their words, weighted by how few documents hold them, and describes each group by the
 * grams most telling of it. Largest first; none below two groups' worth of documents. Sizes are multiplied by `scale` where the documents are a sample.
 *
 * @param chosen documents of the corpus to be grouped, and the row behind each
 */
export function suggestClusters(corpus: GramCorpus, chosen: readonly number[], rows: readonly number[], scale: number, seed: number): RuleSuggestions['clusters'] {
  const k = Math.min(mostClusters, Math.floor(chosen.length / documentsPerCluster))
  if (k < 2) return []
  const background = countDocuments(corpus, chosen)
  const { assignments, closeness } = sphericalKMeans(weighted(corpus, chosen, background), k, seed, effort)
  const all = chosen.map((_, index) => index)
  const described = Array.from({ length: k }, (_, cluster) => {
    const members = all.filter((index) => assignments[index] === cluster)
    const inside = countDocuments(corpus, members.map((index) => chosen[index] ?? -1))
    const outside = background.map((count, gram) => count - (inside[gram] ?? 0))
    const least = Math.max(2, members.length / 10)
    const ranked = rankTerms(corpus.grams, logOdds(inside, outside, background), background, chosen.length, (gram, z) => z > 0 && (inside[gram] ?? 0) >= least)
    const nearest = members.toSorted((a, b) => (closeness[b] ?? 0) - (closeness[a] ?? 0) || a - b)
    return {
      size: Math.round(members.length * scale),
      terms: withoutRepeats(ranked, corpus.grams, inside, mostTerms),
      rows: nearest.slice(0, mostExamples).map((index) => rows[index] ?? -1)
    }
  })
  return described.filter(({ size, terms }) => size > 0 && terms.length > 0).sort((a, b) => b.size - a.size)
}

/** Each document's single words of content, weighted by ln(n / df) and scaled to length 1. */
function weighted({ grams, documents }: GramCorpus, chosen: readonly number[], background: Int32Array): SparseRows {
  const weights = Float64Array.from(grams, (gram, id) => (!gram.includes(' ') && hasContent(gram) ? Math.log(chosen.length / Math.max(1, background[id] ?? 0)) : 0))
  const positions = chosen.map((document) => (documents[document] ?? new Int32Array(0)).filter((gram) => (weights[gram] ?? 0) > 0))
  const values = positions.map((own) => {
    const length = Math.sqrt(own.reduce((sum, gram) => sum + (weights[gram] ?? 0) ** 2, 0))
    return Float64Array.from(own, (gram) => (weights[gram] ?? 0) / length)
  })
  return { width: grams.length, positions, values }
}
