import { toErrorPayload } from '../../shared/contract/errors.ts'
import { serve, untilSignal } from './node-host.ts'
import { parseServeArguments, serveHelp } from './serve-arguments.ts'

/**
 * Serves the bench as the command line asks until a signal ends it; resolves to the exit code, never throws.
 *
 * @param folder the built window; left out: the one that belongs to this code
 */
export async function runServe(args: readonly string[], folder?: string): Promise<number> {
  try {
    const options = parseServeArguments(args)
    if (!options) {
      console.log(serveHelp)
      return 0
    }
    const ended = untilSignal()
    const served = await serve(options, folder)
    console.log(`Weakbench is at ${served.url}`)
    await ended
    await served.close()
    return 0
  } catch (error) {
    const { code, message, hint } = toErrorPayload(error)
    console.error([message, hint].filter(Boolean).join(' '))
    return code === 'invalid-input' ? 2 : 1
  }
}
