import { BenchError } from '../../shared/contract/errors.ts'
import type { RowMatching } from '../../shared/domain/votes.ts'

/** The lines of a vote file, by their ids where they have any. */
export interface VoteLines {
  readonly file: string
  readonly count: number
  readonly ids: readonly string[] | null
}

/** The examples of a data set; `idOf` is null where it has no id column. */
export interface Examples {
  readonly name: string
  readonly count: number
  readonly idOf: ((row: number) => string | null) | null
}

/**
 * The example of every line of a vote file. By position, line i is example i and both have as many; by id, every id of the file
 * is that of one example, and examples that the file leaves out get no votes. `auto` goes by ids where the file's are those of the
 * data set, and by position where none of them is.
 *
 * @throws BenchError `bad-data` where the counts differ, or an id is unknown or there twice; `invalid-input` for ids that one side lacks
 */
export function matchLines(lines: VoteLines, examples: Examples, how: RowMatching): { readonly by: 'id' | 'position'; readonly rows: Int32Array } {
  const { file, ids } = lines
  if (how === 'id' && ids === null) throw new BenchError('invalid-input', `${file} has no ids.`, { field: 'match', hint: 'Match by position, or give the file a leading column named id.' })
  if (how === 'id' && examples.idOf === null) throw new BenchError('invalid-input', `"${examples.name}" has no id column.`, { field: 'match', hint: 'Match by position.' })
  if (how === 'position' || ids === null || examples.idOf === null) return byPosition(lines, examples)
  const known = new KnownIds(examples.count, examples.idOf)
  const found = Int32Array.from(ids, (id) => known.rowOf(id))
  if (how === 'auto' && found.every((row) => row < 0)) return byPosition(lines, examples)
  const taken = new Map<number, number>()
  found.forEach((row, line) => {
    const id = ids[line] ?? ''
    const bad = (message: string, hint: string): BenchError => new BenchError('bad-data', `${file}, row ${line + 1}: ${message}`, { field: `row ${line + 1}, column id`, hint })
    if (row < 0) throw bad(`"${examples.name}" has no example with the id "${id}".`, 'Take the row out, or match by position where the file has the rows in order.')
    if (known.isDoubled(id)) throw bad(`"${examples.name}" has several examples with the id "${id}".`, 'Match by position.')
    const first = taken.get(row)
    if (first !== undefined) throw bad(`the id "${id}" stands in row ${first + 1} already.`, 'Give every example one row.')
    taken.set(row, line)
  })
  return { by: 'id', rows: found }
}

function byPosition({ file, count }: VoteLines, examples: Examples): { readonly by: 'position'; readonly rows: Int32Array } {
  if (count === examples.count) return { by: 'position', rows: Int32Array.from({ length: count }, (_, row) => row) }
  const number = (value: number): string => value.toLocaleString('en')
  throw new BenchError('bad-data', `${file} has ${number(count)} rows, "${examples.name}" has ${number(examples.count)} examples.`, { field: 'path', hint: 'By position, row after row, both must have as many; rows of a part of the data need ids that its id column holds.' })
}

class KnownIds {
  readonly #rows = new Map<string, number>()
  readonly #doubled = new Set<string>()

  constructor(count: number, idOf: (row: number) => string | null) {
    for (let row = 0; row < count; row++) {
      const id = idOf(row)
      if (id === null) continue
      if (this.#rows.has(id)) this.#doubled.add(id)
      else this.#rows.set(id, row)
    }
  }

  rowOf(id: string): number {
    return this.#rows.get(id) ?? -1
  }

  isDoubled(id: string): boolean {
    return this.#doubled.has(id)
  }
}

/**
 * The data set's class of each class position of a vote file: by name, without regard to case where that is unambiguous; by position where the
 * file names its classes by their positions.
 *
 * @throws BenchError `bad-data` for a class that the data set does not have
 */
export function matchClasses(file: string, names: readonly string[], dataset: { readonly name: string; readonly classes: readonly { readonly position: number; readonly name: string }[] }): readonly number[] {
  const { classes } = dataset
  const numbered = names.every((name, position) => name === String(position))
  return names.map((name, position) => {
    const exact = classes.find((each) => each.name === name)
    const folded = classes.filter((each) => each.name.toLowerCase() === name.toLowerCase())
    const found = exact ?? (folded.length === 1 ? folded[0] : undefined) ?? (numbered ? classes.find((each) => each.position === position) : undefined)
    if (found !== undefined) return found.position
    throw new BenchError('bad-data', `${file} votes for the class "${name}", which "${dataset.name}" does not have.`, { field: 'label.json', hint: `Its classes are ${classes.slice(0, 12).map((each) => each.name).join(', ')}: rename them there or in label.json, or add the class.` })
  })
}
