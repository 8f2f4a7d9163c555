import { tokenize } from '../../learn/tokens.ts'

/** The n-grams of some texts: which there are, and which each text holds. */
export interface GramCorpus {
  readonly grams: readonly string[]
  /** Distinct grams of every text, as positions in `grams`, ascending. */
  readonly documents: readonly Int32Array[]
}

/** Marks a place that no phrase crosses. */
const gap = -1

/**
 * The n-grams of 1 to `longest` words that at least `least` texts hold, counted level by level: a gram can only be that frequent where
 * both of its shorter parts are (the Apriori property, Agrawal and Srikant 1994), so that rare grams are never gathered. Words are
 * neighbours where nothing but white space stands between them.
 */
export function gramCorpus(texts: readonly string[], longest: number, least: number): GramCorpus {
  const grams: string[] = []
  const found: number[][] = texts.map(() => [])
  const words = new Map<string, number>()
  const spelled: string[] = []
  const sequences = texts.map((text) => sequenceOf(text, words, spelled))
  let level = frequentWords(sequences, spelled, least)
  for (let length = 1; ; length++) {
    const offset = grams.length
    for (const gram of level.grams) grams.push(gram)
    level.places.forEach((places, document) => {
      const own = found[document] ?? []
      for (const place of new Set(places)) if (place !== gap) own.push(offset + place)
    })
    if (length === longest || level.grams.length === 0) break
    level = longerGrams(level, least)
  }
  return { grams, documents: found.map((own) => Int32Array.from(own).sort()) }
}

/** Grams of one length; in each text, the gram that begins at every place, or `gap`. */
interface Level {
  readonly grams: readonly string[]
  readonly places: readonly Int32Array[]
}

function sequenceOf(text: string, words: Map<string, number>, spelled: string[]): Int32Array {
  const sequence: number[] = []
  let end = -1
  for (const token of tokenize(text)) {
    if (end >= 0 && !isSpace(text, end, token.start)) sequence.push(gap)
    let word = words.get(token.text)
    if (word === undefined) {
      word = spelled.length
      spelled.push(token.text)
      words.set(token.text, word)
    }
    sequence.push(word)
    end = token.end
  }
  return Int32Array.from(sequence)
}

/** True where only white space stands from one position to another; a single blank, the usual case, is not sliced out. */
const isSpace = (text: string, from: number, to: number): boolean => (to === from + 1 && text.charCodeAt(from) === 0x20) || !/\S/u.test(text.slice(from, to))

function frequentWords(sequences: readonly Int32Array[], spelled: readonly string[], least: number): Level {
  const counter = new DocumentCounter()
  sequences.forEach((sequence, document) => {
    for (const word of sequence) if (word !== gap) counter.count(word, document)
  })
  const { position, kept } = counter.keep(least)
  return { grams: kept.map((word) => spelled[word] ?? ''), places: sequences.map((sequence) => sequence.map((word) => (word === gap ? gap : (position(word) ?? gap)))) }
}

/** Grams a word longer: two that overlap in all but a word each. */
function longerGrams({ grams, places }: Level, least: number): Level {
  const size = grams.length
  const counter = new DocumentCounter()
  const keyAt = (own: Int32Array, at: number): number => {
    const [first, second] = [own[at] ?? gap, own[at + 1] ?? gap]
    return first === gap || second === gap ? gap : first * size + second
  }
  places.forEach((own, document) => {
    for (let at = 0; at + 1 < own.length; at++) {
      const key = keyAt(own, at)
      if (key !== gap) counter.count(key, document)
    }
  })
  const { position, kept } = counter.keep(least)
  const textOf = (key: number): string => {
    const second = grams[key % size] ?? ''
    return `${grams[Math.floor(key / size)] ?? ''} ${second.slice(second.lastIndexOf(' ') + 1)}`
  }
  return {
    grams: kept.map(textOf),
    places: places.map((own) =>
      own.map((_, at) => {
        const key = keyAt(own, at)
        return key === gap ? gap : (position(key) ?? gap)
      })
    )
  }
}

/** How many documents hold each key; documents must come one after the other. */
class DocumentCounter {
  readonly #entries = new Map<number, { documents: number; last: number; position: number }>()

  count(key: number, document: number): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) this.#entries.set(key, { documents: 1, last: document, position: -1 })
    else if (entry.last !== document) {
      entry.documents++
      entry.last = document
    }
  }

  /** The keys that enough documents hold, in the order they were met, and the place of each. */
  keep(least: number): { readonly kept: readonly number[]; readonly position: (key: number) => number | undefined } {
    const kept: number[] = []
    for (const [key, entry] of this.#entries) if (entry.documents >= least) entry.position = kept.push(key) - 1
    return {
      kept,
      position: (key) => {
        const entry = this.#entries.get(key)
        return entry === undefined || entry.position < 0 ? undefined : entry.position
      }
    }
  }
}

/** How many of the chosen documents hold each gram. */
export function countDocuments({ grams, documents }: GramCorpus, chosen: Iterable<number>): Int32Array {
  const counts = new Int32Array(grams.length)
  for (const index of chosen) for (const gram of documents[index] ?? []) counts[gram] = (counts[gram] ?? 0) + 1
  return counts
}
