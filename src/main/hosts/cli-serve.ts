import { serve, untilSignal } from './node-host.ts'
import type { CliOutput } from './cli-output.ts'
import type { GlobalOptions } from './cli-options.ts'

interface Options extends GlobalOptions {
  readonly port?: number
  readonly readOnly?: boolean
  readonly open?: boolean
}

/** `weakbench serve`: prints the address and stays until it is told to end, which is its normal end. */
export async function serveBench({ bench, port, readOnly = false, open = false }: Options, output: CliOutput): Promise<void> {
  const ended = untilSignal()
  const served = await serve({ bench, port, readOnly, open })
  try {
    await output.result({ url: served.url, port: served.port }, `Weakbench is at ${served.url}\nCtrl+C ends it.`)
    await ended
  } finally {
    await served.close()
  }
}
