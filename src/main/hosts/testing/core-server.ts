import { join } from 'node:path'
import { openCore } from '../../api/core.ts'
import { nodeFork } from '../node-fork.ts'
import { startNodeServer } from '../node-server.ts'
import { windowFolderWithSecret } from './window-folder.ts'

/** A process for tests: the real core behind the real server, in the folder given; tells its address to its parent. */
const folder = process.argv[2]
if (folder === undefined) throw new Error('core-server needs a folder')
const core = await openCore({
  benchPath: join(folder, 'first.weakbench'),
  fork: nodeFork(),
  host: { kind: 'node', nativeDialogs: false, documents: folder, chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null) },
  stateFolder: join(folder, 'state'),
  limits: { workers: 1 }
})
const server = await startNodeServer({ host: core, folder: windowFolderWithSecret(), port: 0 })
process.send?.(server.url)
process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => core.close())
    .then(() => process.exit(0))
})
