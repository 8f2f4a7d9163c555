/**
 * The way in: `node scripts/launch.mjs start|demo|cli|test [arguments]`, under whatever Node the person has, on a fresh clone
 * without dependencies. This file keeps to syntax that very old versions parse; the rest is loaded after the check.
 */
const major = Number(process.versions.node.split('.')[0])
if (major < 16) {
  console.error('Weakbench cannot start with Node ' + process.versions.node + '. Install Node 22 or later from https://nodejs.org, then run the same command again.')
  process.exitCode = 1
} else {
  import('./launch/commands.mjs')
    .then((commands) => commands.run(process.argv.slice(2)))
    .then(
      (code) => {
        process.exitCode = code
      },
      (error) => {
        console.error(process.env.WEAKBENCH_DEBUG ? error : 'Weakbench: ' + error.message)
        process.exitCode = 1
      }
    )
}
