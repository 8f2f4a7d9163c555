/** `npm run -s benchmark -- <name> [options]`: measurements, as opposed to tests. */
import { compute } from './compute/compute.ts'
import { UsageError, usage } from './compute/options.ts'

const [name, ...rest] = process.argv.slice(2)
try {
  if (name === '--help' || name === '-h') console.log(usage)
  else if (name === 'compute') await compute(rest)
  else throw new UsageError(name === undefined ? 'Name a benchmark.' : `There is no benchmark "${name}".`)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`Weakbench: ${error.message}\n\n${usage}`)
  process.exitCode = 2
}
