/** A word of a text, in lower case, and the characters it stands at. */
export interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Letters, digits and marks of any script and the underscore; an apostrophe only between two of them (`don't`). */
const wordShape = /[\p{L}\p{N}\p{M}_]+(?:['’][\p{L}\p{N}\p{M}_]+)*/gu

/**
 * The words of a text. Lower case keeps a word's length: where it would not (`İ`), the word stays as written, so that a
 * search without regard to case finds it again. The typographic apostrophe becomes `'`.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(wordShape)) {
    const [raw] = match
    const lower = raw.toLowerCase()
    tokens.push({ text: (lower.length === raw.length ? lower : raw).replaceAll('’', "'"), start: match.index, end: match.index + raw.length })
  }
  return tokens
}

/**
 * Every run of 1 to `longest` neighbouring words joined by single spaces, in the order of the text. Words are neighbours
 * where nothing but white space stands between them: no phrase crosses a full stop or a comma.
 */
export function nGrams(text: string, longest: number): string[] {
  const tokens = tokenize(text)
  const grams: string[] = []
  tokens.forEach((token, first) => {
    let gram = token.text
    let end = token.end
    grams.push(gram)
    for (const next of tokens.slice(first + 1, first + longest)) {
      if (!isSpace(text, end, next.start)) break
      gram += ` ${next.text}`
      end = next.end
      grams.push(gram)
    }
  })
  return grams
}

/** True where only white space stands from one position to another; a single blank, the usual case, is not sliced out. */
const isSpace = (text: string, from: number, to: number): boolean => (to === from + 1 && text.charCodeAt(from) === 0x20) || !/\S/u.test(text.slice(from, to))
