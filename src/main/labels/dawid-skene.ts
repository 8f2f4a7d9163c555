import { type ClassBalanceChoice, expectedAccuracies, fillSilentPatterns, type LabelModelFit, startingBalance } from './label-model-fit.ts'
import { fitLatentClasses, type LatentClassFit } from './latent-class.ts'
import type { VotePatterns } from './vote-patterns.ts'

export interface DawidSkeneFit extends LabelModelFit {
  /** P(vote | class, a vote) at [(function * classes + class) * classes + vote]; NaN for a function that never votes. */
  readonly confusions: Float64Array
  /** Log likelihood plus log prior by iteration; never falls within one climb. */
  readonly objective: readonly number[]
}

/**
 * Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm" (1979), with Dirichlet
 * priors (maximum a posteriori): every function has a full confusion matrix, and votes are independent given the class.
 * Abstentions say nothing, save for functions that leave out a class altogether, such as keyword rules (see `observedSymbols`).
 */
export function fitDawidSkene(patterns: VotePatterns, balance: ClassBalanceChoice): DawidSkeneFit {
  const fit = fitLatentClasses(patterns, balance === 'estimate' ? {} : { balance: startingBalance(balance, patterns.classes) })
  const { iterations, converged, objective } = fit
  const { balance: classBalance } = fit.model
  const accuracies = expectedAccuracies(patterns, fit.posteriors)
  const confusions = confusionsOf(patterns, fit, accuracies)
  fillSilentPatterns(patterns, fit.posteriors, classBalance)
  return { posteriors: fit.posteriors, classBalance, accuracies, iterations, converged, confusions, objective }
}

/** The class balance as chosen, or as the model of Dawid and Skene estimates it: for models whose moments leave it open. */
export function chosenBalance(patterns: VotePatterns, choice: ClassBalanceChoice): Float64Array {
  return choice === 'estimate' ? fitLatentClasses(patterns).model.balance : startingBalance(choice, patterns.classes)
}

function confusionsOf({ names, classes: k }: VotePatterns, { model }: LatentClassFit, accuracies: Float64Array): Float64Array {
  const confusions = new Float64Array(names.length * k * k)
  for (let j = 0; j < names.length; j++) {
    for (let c = 0; c < k; c++) {
      let voting = 0
      for (let s = 0; s < k; s++) voting += model.emissions[(j * (k + 1) + s) * k + c] as number
      for (let s = 0; s < k; s++) confusions[(j * k + c) * k + s] = Number.isNaN(accuracies[j]) ? NaN : (model.emissions[(j * (k + 1) + s) * k + c] as number) / voting
    }
  }
  return confusions
}
