import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildVisibly, ensureBuilt } from './build.mjs'
import { childEnvironment, runChild } from './child.mjs'
import { ensureChromium } from './chromium.mjs'
import { UsageError } from './failures.mjs'
import { ensureInstalled } from './install.mjs'
import { cache, pinnedNode, root, toolScript } from './places.mjs'
import { say } from './progress.mjs'
import { check, countPlaywright, countReport, countVitest, exitCode, nothing, sum, summaryLine } from './test-counts.mjs'

const reports = join(cache, 'test')
const inTerminal = process.stdout.isTTY
/** Colours are noise in a log. */
const plain = inTerminal ? {} : { NO_COLOR: '1' }

const tool = (packageName, command, args, extra = {}) =>
  runChild(pinnedNode(), [toolScript(packageName, command), ...args], { cwd: root, env: childEnvironment({ ...plain, ...extra }) })

/** In order: what is quick and likely to fail first. Each resolves to counts. */
const stages = {
  types: {
    title: 'Types',
    run: async () => {
      const core = await tool('typescript', 'tsc', ['-p', 'tsconfig.node.json'])
      const window = await tool('vue-tsc', 'vue-tsc', ['-p', 'tsconfig.web.json'])
      return sum(check(core), check(window))
    }
  },
  lint: { title: 'Lint', run: async (args) => check(await tool('eslint', 'eslint', [...(args.length > 0 ? args : ['.']), '--max-warnings', '0', '--concurrency', '2'])) },
  imports: { title: 'Import rules', run: async () => check(await tool('dependency-cruiser', 'depcruise', ['src', '--config', '.dependency-cruiser.cjs'])) },
  unit: { title: 'Unit tests', run: unit },
  build: { title: 'Build', run: async () => check(await buildVisibly(plain)) },
  e2e: { title: 'End-to-end tests', run: endToEnd }
}

const usage = `Usage: npm test -- [stage ...] [arguments]

Runs every check and test, or the stages named: ${Object.keys(stages).join(', ')}.
Arguments after the name of one stage go to its tool: npm test -- unit src/main/store`

/** `npm test`: runs the stages, prints the totals as the last line, resolves to the exit code. */
export async function test(args) {
  if (args[0] === '--help' || args[0] === '-h') {
    console.log(usage)
    return 0
  }
  const { chosen, rest } = parse(args)
  await ensureInstalled()
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  const interruption = interruptible()
  let total = nothing
  for (const name of chosen) {
    if (interruption.signal) break
    total = sum(total, await runStage(stages[name], rest))
  }
  console.log(summaryLine(total))
  return interruption.signal ? 130 : exitCode(total)
}

function parse(args) {
  const first = args.findIndex((arg) => !Object.prototype.hasOwnProperty.call(stages, arg))
  const named = first < 0 ? args : args.slice(0, first)
  const rest = first < 0 ? [] : args.slice(first)
  if (rest.length > 0 && (named.length !== 1 || !['unit', 'lint', 'e2e'].includes(named[0]))) {
    throw new UsageError(`"${rest[0]}" is not a stage of npm test; choose from ${Object.keys(stages).join(', ')}.`)
  }
  return { chosen: named.length > 0 ? named : Object.keys(stages), rest }
}

async function runStage({ title, run }, args) {
  console.log(`\n== ${title}`)
  const started = Date.now()
  let counts
  try {
    counts = await run(args)
  } catch (error) {
    say(`Weakbench: ${error.message}`)
    counts = check(1)
  }
  console.log(`== ${title}: ${summaryLine(counts)} in ${Math.round((Date.now() - started) / 1000)} s`)
  return counts
}

async function unit(args) {
  const report = join(reports, 'unit.json')
  const reporters = [`--reporter=${inTerminal ? 'default' : 'dot'}`, '--reporter=json', `--outputFile.json=${report}`]
  return countReport(report, await tool('vitest', 'vitest', ['run', ...reporters, ...args]), countVitest)
}

async function endToEnd(args) {
  await ensureBuilt()
  const chromium = await ensureChromium()
  if (chromium === undefined) return check(1)
  const report = join(reports, 'e2e.json')
  const extra = { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  const code = await tool('@playwright/test', 'playwright', ['test', `--reporter=${inTerminal ? 'list' : 'dot'},json`, ...args], extra)
  return countReport(report, code, countPlaywright)
}

/** After an interruption the stage that runs ends by itself; the ones after it are left out. */
function interruptible() {
  const state = { signal: undefined }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      state.signal = signal
    })
  }
  return state
}
