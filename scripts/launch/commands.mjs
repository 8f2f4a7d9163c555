import { ensureBuilt } from './build.mjs'
import { runChild } from './child.mjs'
import { UsageError } from './failures.mjs'
import { ensureInstalled } from './install.mjs'
import { pinnedNode, sourceFile, standing } from './places.mjs'
import { start } from './start.mjs'
import { test } from './test.mjs'
import { setupTensorflow } from '../setup-tensorflow.mjs'

const usage = `Usage: node scripts/launch.mjs <command> [arguments]

  start   build what is stale and open the application   (npm start)
  demo    run the weak-to-strong demo in the terminal     (npm run demo)
  cli     the command line                                (npm run -s weakbench -- <command>)
  test    every check and test                            (npm test)
  setup:tensorflow   make the engine "tensorflow" work    (npm run setup:tensorflow)
  benchmark   time the engines beside their peers         (npm run -s benchmark -- compute)`

const commands = {
  start,
  demo: (args) => commandLine(['demo', ...args]),
  cli: commandLine,
  test,
  'setup:tensorflow': setupTensorflow,
  benchmark
}

/**
 * Runs one command of the launcher and resolves to the exit code of what it started.
 * Failures of the launcher itself reject with a sentence for people; misuse answers 2.
 */
export async function run([name, ...args]) {
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(usage)
    return name === undefined ? 2 : 0
  }
  if (!Object.prototype.hasOwnProperty.call(commands, name)) {
    console.error(`Weakbench: there is no command "${name}".\n\n${usage}`)
    return 2
  }
  try {
    return await commands[name](args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(`Weakbench: ${error.message}`)
    return 2
  }
}

/**
 * The command line runs from source: Node 24 strips the types, so that a fresh clone needs no build. Only the window,
 * which `serve` serves, is built.
 */
async function commandLine(args) {
  try {
    await ensureInstalled()
    if (args.find((arg) => !arg.startsWith('-')) === 'serve' && !args.includes('--help')) await ensureBuilt()
  } catch (error) {
    // Whoever asked for JSON gets the failure as JSON too, as from the command itself.
    if (args.includes('--json')) console.log(JSON.stringify({ error: { code: 'internal', message: error.message } }))
    throw error
  }
  return runChild(pinnedNode(), [sourceFile('src/main/cli.ts'), ...args], { cwd: standing() })
}

async function benchmark(args) {
  await ensureInstalled()
  return runChild(pinnedNode(), [sourceFile('benchmarks/main.ts'), ...args], { cwd: standing() })
}
