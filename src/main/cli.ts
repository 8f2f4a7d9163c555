import './hosts/node-version.ts'

// Loaded only after the check: an older Node could not even link what the rest imports.
const { runCli } = await import('./hosts/cli-program.ts')
process.exitCode = await runCli(process.argv.slice(2))
