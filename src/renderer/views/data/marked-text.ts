/** A piece of a text, and whether a searched word is in it. */
export interface TextPiece {
  readonly text: string
  readonly marked: boolean
}

/** Cuts a text where searched words occur, without regard to case; overlapping places are one piece. */
export function markedPieces(text: string, words: readonly string[]): readonly TextPiece[] {
  const wanted = words.map((word) => word.toLowerCase()).filter((word) => word !== '')
  const lower = text.toLowerCase()
  // Lower case of some letters is longer: places would be wrong then, so nothing is marked.
  if (wanted.length === 0 || lower.length !== text.length) return [{ text, marked: false }]
  const places: [number, number][] = []
  for (const word of wanted) for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) places.push([at, at + word.length])
  places.sort((a, b) => a[0] - b[0])
  const pieces: TextPiece[] = []
  let end = 0
  for (const [from, to] of places) {
    if (to <= end) continue
    if (from > end) pieces.push({ text: text.slice(end, from), marked: false })
    const last = pieces.at(-1)
    if (from < end && last !== undefined) pieces[pieces.length - 1] = { text: last.text + text.slice(end, to), marked: true }
    else pieces.push({ text: text.slice(from, to), marked: true })
    end = to
  }
  if (end < text.length) pieces.push({ text: text.slice(end), marked: false })
  return pieces
}
