import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { BenchError } from '../../shared/contract/errors.ts'
import { engineIds } from '../../shared/domain/engine.ts'
import { runStatuses } from '../../shared/domain/run.ts'
import { addDataCommands } from './cli-data-commands.ts'
import { addLabelCommands } from './cli-label-commands.ts'
import { addNoiseCommands } from './cli-noise-commands.ts'
import type { GlobalOptions } from './cli-options.ts'
import { CliOutput, exitCodes } from './cli-output.ts'
import type { TrainOptions } from './cli-train.ts'

/** Runs one command line (without `node` and the script) and resolves to its exit code; never throws. */
export async function runCli(args: readonly string[]): Promise<number> {
  const output = new CliOutput(args.includes('--json'))
  try {
    await buildProgram(output).parseAsync([...args], { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    if (!(error instanceof CommanderError)) return output.failure(error)
    return error.exitCode === 0 ? exitCodes.ok : output.failure(usageError(error))
  }
}

/** Every command with its options; the work of each is loaded when it is called, so that help is immediate. */
function buildProgram(output: CliOutput): Command {
  const program = new Command('weakbench')
    .description('Weakbench from the terminal: the same bench file, experiments and engines as in the window.')
    .option('--bench <file>', 'the bench file; left out: your usual one')
    .option('--json', 'print one JSON value on stdout and nothing else')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'show what a command does and takes')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => void output.result({ help: text.trim() }, text.trimEnd()), writeErr: () => undefined })
    .exitOverride()
  addDemo(program, output)
  addTrain(program, output)
  addRuns(program, output)
  addDataCommands(program, output)
  addLabelCommands(program, output)
  addNoiseCommands(program, output)
  addEngines(program, output)
  addServe(program, output)
  addOpen(program, output)
  return program
}

function addDemo(program: Command, output: CliOutput): void {
  program
    .command('demo')
    .description('run the weak-to-strong experiment on the shipped digits and store it in the bench file')
    .option('--seeds <n>', 'how many seeds, 1 to 64; left out: 8', seedCount)
    .addOption(new Option('--engine <engine>', 'what to compute on').choices(['auto', ...engineIds]).default('auto'))
    .action(async (options: { seeds?: number; engine: 'auto' | (typeof engineIds)[number] }, command: Command) => {
      const { demo } = await import('./cli-demo.ts')
      await demo({ ...command.optsWithGlobals<GlobalOptions>(), ...options }, output)
    })
}

function addTrain(program: Command, output: CliOutput): void {
  program
    .command('train')
    .description('train on the labels of a data set and compare what they lead to')
    .requiredOption('--dataset <name>', 'name or id of the data set')
    .option('--labels <source...>', 'label sources, an arm each: given, truth, annotator:NAME, aggregate:NAME; @soft at the end for soft labels')
    .option('--method <method...>', 'how to learn from them, an arm each: cross-entropy, generalized-cross-entropy, early-learning-regularization, ...')
    .option('--set <key=value...>', 'settings, such as epochs=10, model.kind=linear, learningRate=0.01')
    .option('--seeds <n>', 'how many seeds, 1 to 64; left out: 3', seedCount)
    .addOption(new Option('--engine <engine>', 'what to compute on').choices(['auto', ...engineIds]).default('auto'))
    .option('--name <name>', 'what to call the experiment')
    .action(async (options: Omit<TrainOptions, keyof GlobalOptions>, command: Command) => {
      const { trainCommand } = await import('./cli-train.ts')
      await trainCommand({ ...command.optsWithGlobals<GlobalOptions>(), ...options }, output)
    })
}

function addRuns(program: Command, output: CliOutput): void {
  const runs = program.command('runs').description('the training runs stored in the bench file')
  runs
    .command('list')
    .description('list runs in the order they began')
    .option('--experiment <id>', 'only the runs of one experiment')
    .addOption(new Option('--status <status>', 'only runs with this status').choices(runStatuses))
    .option('--limit <n>', 'at most so many, 1 to 10000', limit, 1000)
    .action(async (options: { experiment?: string; status?: (typeof runStatuses)[number]; limit: number }, command: Command) => {
      const { listRuns } = await import('./cli-runs.ts')
      await listRuns({ ...command.optsWithGlobals<GlobalOptions>(), ...options }, output)
    })
  runs
    .command('show')
    .argument('<id>', 'id of a run, or how it begins')
    .description('show one run: configuration, results, where it comes from')
    .action(async (id: string, _options: object, command: Command) => {
      const { showRun } = await import('./cli-runs.ts')
      await showRun(id, command.optsWithGlobals<GlobalOptions>(), output)
    })
  runs
    .command('delete')
    .argument('<id...>', 'ids of runs, or how they begin')
    .description('delete runs; Edit > Undo in the window brings them back')
    .action(async (ids: readonly string[], _options: object, command: Command) => {
      const { deleteRuns } = await import('./cli-runs.ts')
      await deleteRuns(ids, command.optsWithGlobals<GlobalOptions>(), output)
    })
}

function addEngines(program: Command, output: CliOutput): void {
  program
    .command('engines')
    .description('list what this machine can compute on')
    .option('--measure', 'measure a training step on each engine first')
    .action(async (options: { measure?: boolean }) => {
      const { showEngines } = await import('./cli-engines.ts')
      await showEngines(options, output)
    })
}

function addServe(program: Command, output: CliOutput): void {
  program
    .command('serve')
    .description('serve the window to a browser on this machine (127.0.0.1 only)')
    .option('--port <n>', 'the port; left out: 4747, or a free one when that is taken', port)
    .option('--read-only', 'open the bench file without changing it')
    .option('--open', 'open the address in the browser')
    .action(async (options: { port?: number; readOnly?: boolean; open?: boolean }, command: Command) => {
      const { serveBench } = await import('./cli-serve.ts')
      await serveBench({ ...command.optsWithGlobals<GlobalOptions>(), ...options }, output)
    })
}

function addOpen(program: Command, output: CliOutput): void {
  program
    .command('open')
    .argument('[file]', 'the bench file, as with --bench')
    .description('open the application, as npm start does')
    .option('--read-only', 'open the bench file without changing it')
    .option('--browser', 'in a browser, whatever else is there')
    .action(async (file: string | undefined, options: { readOnly?: boolean; browser?: boolean }, command: Command) => {
      const { openApplication } = await import('./cli-open.ts')
      const { bench } = command.optsWithGlobals<GlobalOptions>()
      await openApplication({ bench: file ?? bench, ...options }, output)
    })
}

const seedCount = (text: string): number => wholeNumber(text, 1, 64)
const limit = (text: string): number => wholeNumber(text, 1, 10_000)
const port = (text: string): number => wholeNumber(text, 0, 65_535)

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
}

/** Commander's complaint in the bench's form; showing help because no command was named is misuse too. */
function usageError(error: CommanderError): BenchError {
  const hint = 'Add --help to see what can be given.'
  if (error.code === 'commander.help') return new BenchError('invalid-input', 'The command line names no command.', { hint })
  const [sentence = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const message = [capital(sentence), ...rest.map((text) => text.replace(/^\((.*)\)$/, '$1'))].filter(Boolean).join('. ')
  return new BenchError('invalid-input', /[.?!]$/.test(message) ? message : `${message}.`, { hint })
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

function version(): string {
  // Two folders up in a source tree (src/main/hosts) as well as in a build (out/main/chunks); one less for a build without chunks.
  for (const path of ['../../../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { name?: string; version?: string }
      if (name === 'weakbench' && version !== undefined) return version
    } catch {
      // Not there; the next place is tried.
    }
  }
  return 'unknown'
}
