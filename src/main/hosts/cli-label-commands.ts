import { type Command, InvalidArgumentError, Option } from 'commander'
import { labelModelMethods, maximumClasses } from '../../shared/domain/weak-labels.ts'
import type { AnalyseOptions, LabelModelCommandOptions } from './cli-labels.ts'
import type { CliOutput } from './cli-output.ts'

function classCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 2 && count <= maximumClasses) return count
  throw new InvalidArgumentError(`It must be a whole number from 2 to ${maximumClasses}.`)
}

function seedNumber(text: string): number {
  const seed = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed
  throw new InvalidArgumentError('It must be a whole number from 0.')
}

function balanceChoice(text: string): LabelModelCommandOptions['balance'] {
  if (text === 'uniform' || text === 'estimate') return text
  const shares = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
  if (shares.length >= 2 && shares.every((share) => share > 0 && share <= 1)) return shares
  throw new InvalidArgumentError('It must be uniform, estimate, or one share above 0 a class, such as 0.3,0.7.')
}

/** `lf analyse` and `label-model`: they read and write vote files and need no bench file. */
export function addLabelCommands(program: Command, output: CliOutput): void {
  program
    .command('lf')
    .description('labeling functions')
    .command('analyse')
    .description('the labeling-function table: polarity, coverage, overlaps, conflicts and, with the truth, accuracy')
    .requiredOption('--votes <file>', 'CSV with a column a function and a line a row (-1 abstains), or a WRENCH .json file')
    .option('--truth <file>', 'CSV of one column: the class of each row, -1 where unknown')
    .option('--classes <n>', 'how many classes there are; left out: one more than the highest vote', classCount)
    .action(async (options: AnalyseOptions) => {
      const { analyseCommand } = await import('./cli-labels.ts')
      await analyseCommand(options, output)
    })
  program
    .command('label-model')
    .description('turn votes into soft labels, with an accuracy for each function')
    .requiredOption('--votes <file>', 'CSV with a column a function and a line a row (-1 abstains), or a WRENCH .json file')
    .requiredOption('--classes <n>', 'how many classes there are', classCount)
    .addOption(new Option('--method <method>', 'how to weigh the votes').choices(labelModelMethods).makeOptionMandatory())
    .option('--truth <file>', 'CSV of one column: the class of each row, -1 where unknown')
    .option('--balance <balance>', 'uniform, estimate, or one share a class such as 0.3,0.7; left out: estimate', balanceChoice)
    .option('--seed <n>', 'where a method draws; left out: 0', seedNumber)
    .option('--out <file>', 'write P(class) of each row as CSV')
    .action(async (options: LabelModelCommandOptions) => {
      const { labelModelCommand } = await import('./cli-labels.ts')
      await labelModelCommand(options, output)
    })
}
