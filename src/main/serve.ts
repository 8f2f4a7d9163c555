import './hosts/node-version.ts'

// Loaded only after the check: an older Node could not even link what the rest imports.
const { runServe } = await import('./hosts/serve-program.ts')
process.exit(await runServe(process.argv.slice(2)))
