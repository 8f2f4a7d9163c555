import type { LatentClassModel } from './latent-class.ts'
import type { ObservedSymbols } from './observed-symbols.ts'
import type { VotePatterns } from './vote-patterns.ts'

/** Observed joint counts of two functions' symbols: (classes + 1) x (classes + 1), row-major. */
export type PairTable = Float64Array

/** The joint counts of every pair of functions, at [i * functions + j] for i < j, over rows where both show a symbol. */
export function pairTables({ count, names, classes, weights }: VotePatterns, { symbols }: ObservedSymbols): readonly PairTable[] {
  const m = names.length
  const width = classes + 1
  const tables = Array.from({ length: m * m }, (_, at) => new Float64Array(Math.floor(at / m) < at % m ? width * width : 0))
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < m; i++) {
      const s = symbols[p * m + i] as number
      if (s < 0) continue
      for (let j = i + 1; j < m; j++) {
        const t = symbols[p * m + j] as number
        if (t < 0) continue
        const table = tables[i * m + j] as Float64Array
        table[s * width + t] = (table[s * width + t] as number) + (weights[p] as number)
      }
    }
  }
  return tables
}

/** Cohen's kappa of a pair's table, drawn towards 0 where they rarely meet: (agreement - chance) / (1 - chance) x n / (n + 20). */
export function shrunkenKappa(table: PairTable): number {
  const width = Math.sqrt(table.length)
  const rows = new Float64Array(width)
  const columns = new Float64Array(width)
  let n = 0
  let alike = 0
  for (let s = 0; s < width; s++) {
    for (let t = 0; t < width; t++) {
      const cell = table[s * width + t] as number
      n += cell
      if (s === t) alike += cell
      rows[s] = (rows[s] as number) + cell
      columns[t] = (columns[t] as number) + cell
    }
  }
  if (n === 0) return 0
  let chance = 0
  for (let s = 0; s < width; s++) chance += ((rows[s] as number) * (columns[s] as number)) / (n * n)
  return chance < 1 ? ((alike / n - chance) / (1 - chance)) * (n / (n + 20)) : 0
}

/** How two functions meet beyond what a model explains. */
export interface Residual {
  /** Pearson's chi-square less its degrees of freedom, what chance alone would bring. */
  readonly excess: number
  /** Rows on which the two agree beyond expectation; negative where they agree less. */
  readonly surplus: number
}

/**
 * The bivariate residual of two functions under a latent class model (Vermunt and Magidson): Pearson's chi-square between the
 * observed joint counts of their symbols and those the model expects. Cells that expect less than one row count as if one.
 */
export function bivariateResidual(table: PairTable, model: LatentClassModel, i: number, j: number): Residual {
  const width = model.balance.length + 1
  let n = 0
  for (const cell of table) n += cell
  if (n === 0) return { excess: 0, surplus: 0 }
  const expected = expectedTable(model, i, j)
  let total = 0
  for (const cell of expected) total += cell
  let square = 0
  let cells = 0
  let surplus = 0
  for (let s = 0; s < width; s++) {
    for (let t = 0; t < width; t++) {
      const expectation = (n * (expected[s * width + t] as number)) / total
      if (expectation < 1e-9) continue
      const difference = (table[s * width + t] as number) - expectation
      square += (difference * difference) / Math.max(1, expectation)
      cells++
      if (s === t) surplus += difference
    }
  }
  return { excess: square - Math.max(1, (Math.sqrt(cells) - 1) ** 2), surplus }
}

/** P(s, t) of two functions under the model, where they share a block through its opinion, else through the class. */
function expectedTable(model: LatentClassModel, i: number, j: number): Float64Array {
  const k = model.balance.length
  const width = k + 1
  const [a, b] = [i, j].map((f) => model.blocks.findIndex((block) => block.includes(f))) as [number, number]
  const together = a >= 0 && a === b
  const left = together ? emissionsOf(model, i) : givenClass(model, i, a)
  const right = together ? emissionsOf(model, j) : givenClass(model, j, b)
  const states = together ? opinionBalance(model, a) : model.balance
  const joint = new Float64Array(width * width)
  for (let s = 0; s < width; s++) {
    for (let t = 0; t < width; t++) {
      let sum = 0
      for (let c = 0; c < k; c++) sum += (states[c] as number) * (left[s * k + c] as number) * (right[t * k + c] as number)
      joint[s * width + t] = sum
    }
  }
  return joint
}

function emissionsOf(model: LatentClassModel, j: number): Float64Array {
  const k = model.balance.length
  return model.emissions.subarray(j * k * (k + 1), (j + 1) * k * (k + 1))
}

/** P(symbol | class) of a function, through its block's opinion where it has one. */
function givenClass(model: LatentClassModel, j: number, block: number): Float64Array {
  const own = emissionsOf(model, j)
  if (block < 0) return own
  const k = model.balance.length
  return own.map((_, at) => {
    const s = Math.floor(at / k)
    let sum = 0
    for (let z = 0; z < k; z++) sum += (model.opinions[(block * k + (at % k)) * k + z] as number) * (own[s * k + z] as number)
    return sum
  })
}

function opinionBalance({ balance, opinions }: LatentClassModel, block: number): Float64Array {
  const k = balance.length
  return balance.map((_, z) => balance.reduce((sum, share, y) => sum + share * (opinions[(block * k + y) * k + z] as number), 0))
}
