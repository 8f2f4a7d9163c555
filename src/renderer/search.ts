/**
 * Items whose text holds every word of the query, best first: a match at the start of the text, then at the start of
 * a word, then anywhere; ties keep their order. An empty query keeps all.
 */
export function rankMatches<T>(items: readonly T[], query: string, textOf: (item: T) => string): T[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const scored = items.flatMap((item) => {
    const text = textOf(item).toLowerCase()
    const scores = words.map((word) => scoreWord(text, word))
    return scores.some((score) => score === null) ? [] : [{ item, score: scores.reduce<number>((sum, score) => sum + (score ?? 0), 0) }]
  })
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item)
}

function scoreWord(text: string, word: string): number | null {
  if (!text.includes(word)) return null
  if (text.startsWith(word)) return 3
  return text.includes(` ${word}`) ? 2 : 1
}
