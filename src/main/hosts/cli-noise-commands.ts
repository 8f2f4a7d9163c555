import { type Command, InvalidArgumentError, Option } from 'commander'
import { maximumNoiseClasses, noiseTypes } from '../../shared/domain/noise.ts'
import { detectorNames } from '../../shared/domain/noise-check.ts'
import type { InjectOptions, NoiseOptions } from './cli-noise.ts'
import type { DetectOptions } from './cli-noise-detect.ts'
import type { GlobalOptions } from './cli-options.ts'
import type { CliOutput } from './cli-output.ts'

function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(most === Number.MAX_SAFE_INTEGER ? `It must be a whole number from ${least}.` : `It must be a whole number from ${least} to ${most}.`)
  }
}

function rateNumber(text: string): number {
  const rate = text.trim() === '' ? Number.NaN : Number(text)
  if (rate >= 0 && rate <= 1) return rate
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

/** `noise` and `noise inject` read and write CSV files and need no bench file; `noise detect` checks a data set of one. */
export function addNoiseCommands(program: Command, output: CliOutput): void {
  const noise = program.command('noise').description('label noise: find it, or put it in')
  noise
    .command('find', { isDefault: true })
    .description('confident learning: noise matrices, the labels that are likely wrong, a score for each label (what `noise` alone does)')
    .requiredOption('--labels <file>', 'CSV of one column: the given class of each row, from 0')
    .requiredOption('--probs <file>', 'CSV with a column a class: out-of-sample probabilities of each row')
    .option('--adjust', 'adjust the scores for class imbalance')
    .action(async (options: NoiseOptions) => {
      const { noiseCommand } = await import('./cli-noise.ts')
      await noiseCommand(options, output)
    })
  noise
    .command('inject')
    .description('make labels wrong on purpose, to practise on; the same seed makes the same labels wrong')
    .requiredOption('--labels <file>', 'CSV of one column: the true class of each row, from 0')
    .addOption(new Option('--type <type>', 'which labels go wrong, and how').choices(noiseTypes).makeOptionMandatory())
    .option('--rate <share>', 'share of labels that go wrong, 0 to 1 (symmetric, pair, instance; model: left out, labels are drawn from the probabilities)', rateNumber)
    .option('--seed <n>', 'left out: 0', wholeFrom(0, Number.MAX_SAFE_INTEGER))
    .option('--classes <n>', 'how many classes there are; left out: one more than the highest label', wholeFrom(2, maximumNoiseClasses))
    .option('--features <file>', 'CSV with the features of each row (instance)')
    .option('--matrix <file>', 'CSV of the noisy classes (columns) of each true class (rows): probabilities (matrix), or counts or rates (annotator)')
    .option('--probs <file>', 'CSV with a column a class: a model’s probabilities of each row (model)')
    .requiredOption('--out <file>', 'write the noisy labels here')
    .action(async (options: InjectOptions) => {
      const { injectCommand } = await import('./cli-noise.ts')
      await injectCommand(options, output)
    })
  noise
    .command('detect')
    .description('check the labels of a data set in the bench file: the report, and the most suspicious rows')
    .requiredOption('--dataset <name>', 'name or id of the data set')
    .option('--labels <source>', 'the labels to check: given, annotator:NAME, aggregate:NAME; left out: the given ones')
    .addOption(new Option('--method <method...>', 'detectors; several make an ensemble').choices(detectorNames))
    .option('--folds <n>', 'folds of the cross-validation; left out: 5', wholeFrom(2, 20))
    .option('--epochs <n>', 'epochs a network is trained for; left out: 10', wholeFrom(1, 200))
    .option('--top <n>', 'rows to print, the most suspicious first; left out: 20', wholeFrom(0, 1_000_000), 20)
    .action(async (options: Omit<DetectOptions, keyof GlobalOptions>, command: Command) => {
      const { detectCommand } = await import('./cli-noise-detect.ts')
      await detectCommand({ ...command.optsWithGlobals<GlobalOptions>(), ...options }, output)
    })
}
