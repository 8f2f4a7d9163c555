import { runServe } from '../serve-program.ts'
import { windowFolderWithSecret } from './window-folder.ts'

/** A process for tests: what serve.ts does, over a stand-in for the built window. */
process.exit(await runServe(process.argv.slice(2), windowFolderWithSecret()))
