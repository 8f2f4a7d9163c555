import { answerAccuracy, runLabelModel } from '../../src/main/labels/label-model.ts'
import { generateVotes, voteFamilies } from '../../src/main/labels/vote-generators.ts'
import { labelModelMethods } from '../../src/shared/domain/weak-labels.ts'

/** Seeds that an accuracy is the mean of. */
const seeds = [0, 1, 2, 3, 4, 5]
const rows = 2000

/** Mean accuracy of every label model on each family of generated votes: where functions copy each other, and where they do not. */
export function families(): readonly { readonly family: string; readonly accuracies: Readonly<Record<string, number>> }[] {
  return voteFamilies.map((family) => {
    const generated = seeds.map((seed) => generateVotes(family, { rows, seed }))
    const accuracies = labelModelMethods.map((method) => {
      const each = generated.map(({ votes, truth }) => answerAccuracy(runLabelModel(method, votes), truth) ?? Number.NaN)
      return [method, each.reduce((sum, value) => sum + value, 0) / each.length] as const
    })
    return { family, accuracies: Object.fromEntries(accuracies) }
  })
}

/** The same as a table in Markdown. */
export function familyTable(results: ReturnType<typeof families>): string {
  const lines = results.map(({ family, accuracies }) => `| ${family} | ${labelModelMethods.map((method) => (accuracies[method] ?? Number.NaN).toFixed(3)).join(' | ')} |`)
  return [`| family | ${labelModelMethods.join(' | ')} |`, `| --- |${' ---: |'.repeat(labelModelMethods.length)}`, ...lines].join('\n')
}
