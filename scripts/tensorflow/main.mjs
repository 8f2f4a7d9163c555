import { command } from './command.mjs'

process.exitCode = await command(process.argv.slice(2)).catch((error) => {
  console.error(process.env.WEAKBENCH_DEBUG ? error : `Weakbench: ${error.message}`)
  return 1
})
