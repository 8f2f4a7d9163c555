import { listEngines } from '../compute/engine.ts'
import type { CliOutput } from './cli-output.ts'
import { plainTable } from './cli-table.ts'

/** `weakbench engines`: asks the machine, not a bench file, so that it never makes one. */
export async function showEngines(output: CliOutput): Promise<void> {
  const engines = await listEngines()
  const rows = engines.map(({ id, name, isDefault, available, device, version, reason, remedy }) => [
    isDefault ? `${id} (default)` : id,
    name,
    available ? version : '-',
    available ? device : [reason, remedy].filter(Boolean).join(' ')
  ])
  await output.result(engines, plainTable(['engine', 'name', 'version', 'runs on'], rows))
}
