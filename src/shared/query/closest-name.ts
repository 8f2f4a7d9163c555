/** Names looked at for a suggestion: a data set may have a million classes. */
const mostCandidates = 2000

/**
 * The name nearest to what was written, by edit distance (Levenshtein) without regard to case; null where none is within a
 * third of its length (at least 1) and where it is a single character, so that a suggestion is never far-fetched.
 */
export function closestName(written: string, names: readonly string[]): string | null {
  const wanted = written.toLowerCase()
  if (wanted.length < 2) return null
  let best: string | null = null
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of names.slice(0, mostCandidates)) {
    if (Math.abs(name.length - wanted.length) >= least) continue
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance < least) [best, least] = [name, distance]
  }
  return best
}

/** Insertions, deletions and substitutions that turn one text into the other. */
export function editDistance(first: string, second: string): number {
  let row = Array.from({ length: second.length + 1 }, (_, index) => index)
  for (let i = 1; i <= first.length; i++) {
    const next = [i]
    for (let j = 1; j <= second.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (first[i - 1] === second[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[second.length] ?? 0
}
