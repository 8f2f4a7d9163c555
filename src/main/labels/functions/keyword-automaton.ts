/** Where a word stands in a text: characters `start` to `end` (excluded). */
export interface KeywordPlace {
  readonly word: number
  readonly start: number
  readonly end: number
}

export interface KeywordOptions {
  readonly caseSensitive: boolean
  /** A word must not go on before or after with a letter, digit, mark or underscore; where it ends otherwise (`$$$`) it may. */
  readonly wholeWords: boolean
}

/** Characters of a word that the automaton knows; the rest is compared where those were found. */
const prefixLength = 8
/** Symbols of the automaton: 0 for characters of no word, 1 for white space, the rest shared where there are more characters. */
const symbols = 256
const spaceSymbol = 1
/** Set in a transition to a state where the beginning of a word is complete; offsets of rows are multiples of `symbols`. */
const completes = 1
/** Words up to which the engine's own search is faster than the automaton at passing over texts without any. */
const longestFilter = 16
const wordShape = /[\p{L}\p{N}\p{M}_]/u

/**
 * Finds any of many words in one pass over a text (Aho and Corasick 1975), whatever their number. White space in a word
 * stands for a run of any white space; the two apostrophes are one. Case is ignored character by character.
 */
export class KeywordAutomaton {
  readonly #words: readonly Uint16Array[]
  readonly #options: KeywordOptions
  /** Matches every text with one of the words, and some without; null for long lists, where it saves nothing. */
  readonly #filter: RegExp | null
  /** Folded character of every UTF-16 unit, and its symbol. */
  readonly #fold: Uint16Array
  readonly #symbolOf: Uint8Array
  /** states x symbols: where a symbol leads, as the offset of the state's row, with `completes` where words are found there. */
  readonly #next: Int32Array
  /** Words whose beginning is complete in a state. */
  readonly #found: readonly (readonly number[])[]

  constructor(words: readonly string[], options: KeywordOptions) {
    this.#options = options
    this.#filter = words.length <= longestFilter ? filterOf(words, options) : null
    this.#fold = foldTable(options.caseSensitive)
    this.#words = words.map((word) => Uint16Array.from(collapseSpace(word), (unit) => this.#fold[unit] ?? unit))
    this.#symbolOf = symbolTable(this.#words, this.#fold)
    const { next, found } = buildAutomaton(this.#words.map((word) => Array.from(word.subarray(0, prefixLength), (unit) => this.#symbolOf[unit] ?? 0)))
    this.#next = next
    this.#found = found
  }

  /** Goes through the words of a text from left to right until `visit` returns true. */
  scan(text: string, visit: (place: KeywordPlace) => boolean): void {
    if (this.#filter?.test(text) === false) return
    const next = this.#next
    const symbolOf = this.#symbolOf
    let offset = 0
    let before = 0
    for (let index = 0; index < text.length; index++) {
      const symbol = symbolOf[text.charCodeAt(index)] as number
      // A run of white space is one symbol.
      if (symbol === spaceSymbol && before === spaceSymbol) continue
      before = symbol
      const target = next[offset + symbol] as number
      offset = target & ~completes
      if (offset === target) continue
      for (const word of this.#found[offset / symbols] ?? []) {
        const place = this.#verify(text, index, word)
        if (place !== null && visit(place)) return
      }
    }
  }

  /** Compares the whole word where its beginning ends at `last`, and its edges. */
  #verify(text: string, last: number, word: number): KeywordPlace | null {
    const units = this.#words[word] ?? new Uint16Array()
    const start = this.#startOf(text, last, Math.min(prefixLength, units.length))
    let at = start
    for (const unit of units) {
      if ((this.#fold[text.charCodeAt(at)] ?? -1) !== unit) return null
      at++
      if (unit === space) while (this.#fold[text.charCodeAt(at)] === space) at++
    }
    if (this.#options.wholeWords && (continues(text, start) || continues(text, at))) return null
    return { word, start, end: at }
  }

  /** Where `count` symbols that end at `last` begin; each run of white space is one. */
  #startOf(text: string, last: number, count: number): number {
    let at = last
    for (let left = count; ; at--) {
      while (this.#fold[text.charCodeAt(at)] === space && this.#fold[text.charCodeAt(at - 1)] === space) at--
      if (--left === 0) return at
    }
  }
}

const space = 0x20

/** True where a word goes on across a position: a word character on both sides of it. */
const continues = (text: string, at: number): boolean => isWordCharacter(codePointBefore(text, at)) && isWordCharacter(text.codePointAt(at))

function codePointBefore(text: string, at: number): number | undefined {
  const unit = text.charCodeAt(at - 1)
  return text.codePointAt(unit >= 0xdc00 && unit <= 0xdfff && at > 1 ? at - 2 : at - 1)
}

const isWordCharacter = (codePoint: number | undefined): boolean => codePoint !== undefined && wordShape.test(String.fromCodePoint(codePoint))

function* collapseSpace(word: string): Generator<number> {
  const collapsed = word.replace(/\s+/gu, ' ')
  for (let index = 0; index < collapsed.length; index++) yield collapsed.charCodeAt(index)
}

/** The words joined by `|`. White space before a word is left out: searching for it takes time quadratic in long runs of it. */
function filterOf(words: readonly string[], { caseSensitive }: KeywordOptions): RegExp {
  const patterns = words.map((word) =>
    word
      .trimStart()
      .replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')
      .replace(/\s+/gu, '\\s+')
      .replace(/['’]/gu, "['’]")
  )
  return new RegExp(patterns.join('|'), caseSensitive ? 'u' : 'iu')
}

const foldTables = new Map<boolean, Uint16Array>()

/** What every UTF-16 unit counts as: its lower case where that is one unit, a blank for white space, `'` for both apostrophes. */
function foldTable(caseSensitive: boolean): Uint16Array {
  const known = foldTables.get(caseSensitive)
  if (known !== undefined) return known
  const table = Uint16Array.from({ length: 65_536 }, (_, unit) => {
    const lower = String.fromCharCode(unit).toLowerCase()
    return caseSensitive || lower.length > 1 ? unit : lower.charCodeAt(0)
  })
  for (let unit = 0; unit < table.length; unit++) if (/\s/u.test(String.fromCharCode(unit))) table[unit] = space
  table['’'.charCodeAt(0)] = "'".charCodeAt(0)
  // Both small sigmas are the lower case of one capital.
  if (!caseSensitive) table['ς'.charCodeAt(0)] = 'σ'.charCodeAt(0)
  foldTables.set(caseSensitive, table)
  return table
}

function symbolTable(words: readonly Uint16Array[], fold: Uint16Array): Uint8Array {
  const symbolOfFolded = new Uint8Array(65_536)
  let used = spaceSymbol
  for (const word of words) {
    for (const unit of word.subarray(0, prefixLength)) {
      if (unit === space || symbolOfFolded[unit] !== 0) continue
      symbolOfFolded[unit] = spaceSymbol + 1 + ((used - spaceSymbol) % (symbols - spaceSymbol - 1))
      used++
    }
  }
  symbolOfFolded[space] = spaceSymbol
  const table = new Uint8Array(fold.length)
  for (let unit = 0; unit < table.length; unit++) table[unit] = symbolOfFolded[fold[unit] as number] as number
  return table
}

/** Trie of the sequences, completed breadth first to an automaton by the longest suffix that is a beginning of some sequence. */
function buildAutomaton(sequences: readonly (readonly number[])[]): { next: Int32Array; found: number[][] } {
  const next = new Int32Array((1 + sequences.reduce((sum, sequence) => sum + sequence.length, 0)) * symbols)
  const found: number[][] = [[]]
  sequences.forEach((sequence, word) => {
    let state = 0
    for (const symbol of sequence) {
      const at = state * symbols + symbol
      if (next[at] === 0) next[at] = found.push([]) - 1
      state = next[at] as number
    }
    found[state]?.push(word)
  })
  const suffix = new Int32Array(found.length)
  const queue = [0]
  for (const state of queue) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const at = state * symbols + symbol
      const target = next[at] as number
      const shorter = state === 0 ? 0 : (next[(suffix[state] as number) * symbols + symbol] as number)
      if (target === 0) next[at] = shorter
      else {
        suffix[target] = shorter
        found[target]?.push(...(found[shorter] ?? []))
        queue.push(target)
      }
    }
  }
  for (let at = 0; at < next.length; at++) {
    const target = next[at] as number
    next[at] = target * symbols + ((found[target]?.length ?? 0) > 0 ? completes : 0)
  }
  return { next, found }
}
