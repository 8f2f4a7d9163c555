import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { BenchError, type InputOf, type OutputOf, type ProcedureName, type Procedures } from '../../shared/contract/index.ts'
import { type Core, openCore } from '../api/core.ts'
import type { HostAbilities } from '../api/host-abilities.ts'
import { places } from './bench-path.ts'
import { nodeFork } from './node-fork.ts'

/** The core as a command uses it: the contract's procedures as typed calls that throw BenchErrors. */
export interface CliCore {
  readonly benchPath: string
  readonly events: Core['events']
  call<P extends ProcedureName>(procedure: P, input: InputOf<Procedures[P]>): Promise<OutputOf<Procedures[P]>>
}

/** What a command does to the bench file: `read` beside a window that has it open, `change` an existing one, `create` where there is none. */
export type Access = 'read' | 'change' | 'create'

/** Opens the bench file named by `--bench`, or the person's usual one, and closes it whatever `work` does. */
export async function withCore<T>(bench: string | undefined, access: Access, work: (core: CliCore) => Promise<T>): Promise<T> {
  const { documents, benchPath, stateFolder } = places()
  const path = bench === undefined ? benchPath : resolve(bench)
  if (access !== 'create') requireFile(path, bench === undefined)
  const host: HostAbilities = { kind: 'node', nativeDialogs: false, documents, chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null) }
  const core = await openCore({ benchPath: path, readOnly: access === 'read', fork: nodeFork(), host, stateFolder }).catch(adviseCommand)
  try {
    return await work({ benchPath: path, events: core.events, call: (procedure, input) => call(core, procedure, input) })
  } finally {
    await core.close()
  }
}

/** A command that only looks must not leave an empty bench file behind. */
function requireFile(path: string, usual: boolean): void {
  if (existsSync(path)) return
  const hint = usual ? 'Make it with `npm run demo` or `npm start`, or name another file with --bench FILE.' : 'Check the path given with --bench.'
  throw new BenchError('bench-not-found', `There is no bench file ${path}.`, { hint })
}

/** The advice of the store is for an application that can open a file read-only instead; a command that writes cannot. */
function adviseCommand(error: unknown): never {
  if (!(error instanceof BenchError) || error.code !== 'bench-locked') throw error
  throw new BenchError(error.code, error.message, { hint: 'Do it in that window, close it first, or name another file with --bench FILE.' }, error)
}

async function call<P extends ProcedureName>(core: Core, procedure: P, input: InputOf<Procedures[P]>): Promise<OutputOf<Procedures[P]>> {
  const reply = await core.dispatch(procedure, input, { signal: new AbortController().signal, clientId: 'command-line' })
  if (!reply.ok) throw BenchError.from(reply.error)
  // The dispatcher answers with what the procedure of this name returns; only the compiler cannot see it through `Reply`.
  return reply.value as OutputOf<Procedures[P]>
}
