import { type Command, InvalidArgumentError, Option } from 'commander'
import { exportContents, exportFormats } from '../../shared/domain/export.ts'
import { importFormats, type ReadOptions } from '../../shared/domain/import.ts'
import type { ExportOptions, ImportOptions } from './cli-data.ts'
import type { GlobalOptions } from './cli-options.ts'
import type { CliOutput } from './cli-output.ts'

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value]

function shareOf(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

interface ImportFlags extends Omit<ImportOptions, 'options'>, Omit<ReadOptions, 'header' | 'height' | 'width'> {
  readonly header?: boolean
  readonly size?: readonly [number, number]
}

function sizeOf(text: string): readonly [number, number] {
  const [, height, width] = /^(\d{1,4})x(\d{1,4})$/.exec(text) ?? []
  if (height === undefined || width === undefined) throw new InvalidArgumentError('It must be HEIGHTxWIDTH, such as 28x28.')
  return [Number(height), Number(width)]
}

/** `import` and `export`. */
export function addDataCommands(program: Command, output: CliOutput): void {
  program
    .command('import')
    .argument('<file>', 'a file, or a folder with one folder of images a class')
    .description('bring your own data into the bench file: CSV, TSV, JSON Lines, text, Parquet, Arrow, NPY, NPZ, IDX, CIFAR-10, folders of images')
    .option('--name <name>', 'what to call the data set; left out: the name of the file')
    .addOption(new Option('--format <format>', 'where the file does not show it').choices(importFormats))
    .option('--column <name=role>', 'what a column is: feature, text, label, split, id, path, meta or ignore; may be given for several', collect)
    .option('--bad-share <share>', 'share of rows that may be left out because they do not fit; left out: 0.05', shareOf)
    .option('--delimiter <character>', 'what separates the columns of a text file')
    .addOption(new Option('--encoding <encoding>', 'of a text file').choices(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']))
    .addOption(new Option('--decimal <character>', 'decimal point or comma').choices(['.', ',']))
    .option('--header', 'the first line names the columns')
    .option('--no-header', 'the first line is a row')
    .addOption(new Option('--unit <unit>', 'what an example of a plain text is').choices(['line', 'paragraph', 'characters']))
    .option('--size <height x width>', 'size of images, such as 28x28', sizeOf)
    .option('--grey', 'images in grey')
    .action(async (file: string, flags: ImportFlags, command: Command) => {
      const { importCommand } = await import('./cli-data.ts')
      const { name, format, column, badShare, delimiter, encoding, decimal, header, unit, size, grey } = flags
      const options = Object.fromEntries(
        Object.entries({ delimiter: delimiter === '\\t' ? '\t' : delimiter, encoding, decimal, header: command.getOptionValueSource('header') === 'cli' ? header : undefined, unit, height: size?.[0], width: size?.[1], grey }).filter(([, value]) => value !== undefined)
      ) as ReadOptions
      const given = Object.fromEntries(Object.entries({ name, format, column, badShare }).filter(([, value]) => value !== undefined))
      await importCommand(file, { ...command.optsWithGlobals<GlobalOptions>(), ...given, options }, output)
    })
  program
    .command('export')
    .argument('<file>', 'where to write; the ending says the format')
    .description('write examples and labels to a file that an import finds back as they are')
    .requiredOption('--dataset <name>', 'name or id of the data set')
    .addOption(new Option('--format <format>', 'where the ending does not say it').choices(exportFormats))
    .addOption(new Option('--contents <what...>', 'what to write; left out: examples, labels and splits').choices(exportContents))
    .action(async (file: string, options: Omit<ExportOptions, keyof GlobalOptions>, command: Command) => {
      const { exportCommand } = await import('./cli-data.ts')
      await exportCommand(file, { ...command.optsWithGlobals<GlobalOptions>(), ...options }, output)
    })
}
