import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the bench keeps things: the folder offered for bench files, the first bench file, and the folder of its own state. */
export interface Places {
  readonly documents: string
  readonly benchPath: string
  readonly stateFolder: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The places of this person on this machine. `WEAKBENCH_HOME` moves all of them into one folder (portable
 * installations, tests); otherwise bench files go to `~/Weakbench` and state to where the platform keeps it.
 */
export function places(env: Environment = process.env, platform: NodeJS.Platform = process.platform, home = homedir()): Places {
  const own = env['WEAKBENCH_HOME']
  const documents = own || join(home, 'Weakbench')
  return {
    documents,
    benchPath: join(documents, 'My bench.weakbench'),
    stateFolder: own ? join(own, 'state') : platformStateFolder(env, platform, home)
  }
}

function platformStateFolder(env: Environment, platform: NodeJS.Platform, home: string): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Weakbench')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Weakbench')
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'weakbench')
}
