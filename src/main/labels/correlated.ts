import { BenchError } from '../../shared/contract/errors.ts'
import { type Blocks, findDependence } from './dependence-structure.ts'
import { type ClassBalanceChoice, expectedAccuracies, fillSilentPatterns, type LabelModelFit, startingBalance } from './label-model-fit.ts'
import { fitLatentClasses } from './latent-class.ts'
import type { VotePatterns } from './vote-patterns.ts'

export interface CorrelatedOptions {
  /** Groups of functions (column positions) known to be dependent; left out, groups are learned from the votes. */
  readonly dependent?: Blocks
}

/**
 * A label model for functions that depend on one another beyond the class: a latent tree in which each group of dependent
 * functions has one opinion, and the opinions and the remaining functions are independent given the class. A function given
 * twice, or copied with changes, adds to its group's opinion and no vote of its own. Without groups it is Dawid and Skene's model.
 *
 * @throws BenchError `invalid-input` for declared groups that name no function or one function twice
 */
export function fitCorrelated(patterns: VotePatterns, balance: ClassBalanceChoice, { dependent }: CorrelatedOptions = {}): LabelModelFit {
  const given = balance === 'estimate' ? {} : { balance: startingBalance(balance, patterns.classes) }
  if (dependent !== undefined) checkGroups(dependent, patterns.names)
  const blocks = dependent?.filter((block) => block.length > 1) ?? findDependence(patterns, given.balance)
  const fit = fitLatentClasses(patterns, { ...given, blocks })
  const { model, posteriors, iterations, converged } = fit
  const accuracies = expectedAccuracies(patterns, posteriors)
  fillSilentPatterns(patterns, posteriors, model.balance)
  return { posteriors, classBalance: model.balance, accuracies, iterations, converged, dependent: blocks }
}

function checkGroups(groups: Blocks, names: readonly string[]): void {
  const seen = new Set<number>()
  for (const j of groups.flat()) {
    const hint = 'Give groups of column positions counted from 0, each position in one group.'
    if (names[j] === undefined) throw new BenchError('invalid-input', `There is no function ${j} among ${names.length}.`, { field: 'dependent', hint })
    if (seen.has(j)) throw new BenchError('invalid-input', `${names[j]} is in two groups of dependent functions.`, { field: 'dependent', hint })
    seen.add(j)
  }
}
