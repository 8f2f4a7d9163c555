import type { EventMessage } from '../../../shared/contract/index.ts'
import { dirname, join } from 'node:path'
import { openCore } from '../../api/core.ts'
import { nodeFork } from '../node-fork.ts'

/** A main process over the bench file named, for tests that kill it: answers calls and passes on what becomes of jobs. */
const [, , path = '', checkpointInterval = '1000', workers = '1'] = process.argv
const folder = dirname(path)
const core = await openCore({
  benchPath: path,
  fork: nodeFork(),
  host: { kind: 'node', nativeDialogs: false, documents: folder, chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null) },
  stateFolder: join(folder, 'state'),
  limits: { workers: Number(workers), checkpointInterval: Number(checkpointInterval) }
})

const passedOn: readonly EventMessage['topic'][] = ['jobs.changed', 'jobs.progress']
core.events.subscribe((events) => {
  for (const event of events) if (passedOn.includes(event.topic)) process.send?.(event)
})
process.on('message', (message) => {
  const { id, procedure, input } = message as { readonly id: number; readonly procedure: string; readonly input: unknown }
  void core.dispatch(procedure, input, { signal: new AbortController().signal, clientId: 'test' }).then((reply) => process.send?.({ id, reply }))
})
process.once('disconnect', () => void core.close().then(() => process.exit(0)))
process.send?.({ ready: true })
