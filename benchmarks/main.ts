/** `npm run -s benchmark -- <name> [options]`: measurements, as opposed to tests. */
import { parseArgs } from 'node:util'
import { compute } from './compute/compute.ts'
import { UsageError, usage } from './compute/options.ts'

const others = `
       npm run -s benchmark -- data [--rows N] [--python PATH] [--json]
       npm run -s benchmark -- labels [--rows N] [--json]
       npm run -s benchmark -- noise [--rows N] [--python PATH] [--json]
       npm run -s benchmark -- detection [--seeds N] [--json]

The first times the import of a table beside pandas, and views of it; the second labeling functions and label models; the third
confident learning beside cleanlab; the fourth how well detectors find wrong labels, and what fixing them buys.`

/** Options of the benchmarks that need few. */
function simpleOptions(args: readonly string[]): { readonly rows: number; readonly python: string; readonly json: boolean } {
  try {
    const { values } = parseArgs({ args: [...args], options: { rows: { type: 'string' }, python: { type: 'string' }, json: { type: 'boolean' } } })
    const rows = Number(values.rows ?? 1_000_000)
    if (!Number.isInteger(rows) || rows < 1000) throw new UsageError(`--rows ${values.rows ?? ''} is no whole number of at least 1000.`)
    return { rows, python: values.python ?? 'python3', json: values.json ?? false }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function seedOptions(args: readonly string[]): { readonly seeds: number; readonly json: boolean } {
  try {
    const { values } = parseArgs({ args: [...args], options: { seeds: { type: 'string' }, json: { type: 'boolean' } } })
    const seeds = Number(values.seeds ?? 5)
    if (!Number.isInteger(seeds) || seeds < 1 || seeds > 64) throw new UsageError(`--seeds ${values.seeds ?? ''} is no whole number from 1 to 64.`)
    return { seeds, json: values.json ?? false }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const [name, ...rest] = process.argv.slice(2)
try {
  if (name === '--help' || name === '-h') console.log(usage + others)
  else if (name === 'compute') await compute(rest)
  else if (name === 'data') await (await import('./data/data.ts')).data(simpleOptions(rest))
  else if (name === 'labels') await (await import('./labels/labels.ts')).labels(simpleOptions(rest))
  else if (name === 'noise') await (await import('./noise/noise.ts')).noise(simpleOptions(rest))
  else if (name === 'detection') await (await import('./noise/detection.ts')).detection(seedOptions(rest))
  else throw new UsageError(name === undefined ? 'Name a benchmark.' : `There is no benchmark "${name}".`)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`Weakbench: ${error.message}\n\n${usage}${others}`)
  process.exitCode = 2
}
