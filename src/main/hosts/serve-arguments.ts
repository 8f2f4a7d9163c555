import { parseArgs } from 'node:util'
import { BenchError } from '../../shared/contract/errors.ts'

/** How the bench is to be served; everything may be left out. */
export interface ServeOptions {
  /** Path of the bench file. */
  readonly bench?: string | undefined
  readonly port?: number | undefined
  readonly readOnly?: boolean
  /** Opens the address in the desktop's browser. */
  readonly open?: boolean
}

export const serveHelp = `Serves the bench to a browser on this machine (127.0.0.1 only).

Usage: serve [--bench FILE] [--port N] [--read-only] [--open]

  --bench FILE   the bench file; left out: your usual one
  --port N       the port, 0 for any free one; left out: 4747, or a free one when that is taken
  --read-only    opens the bench file without changing it
  --open         opens the address in the browser
  --help         shows this`

/** Reads the command line of serve; null asks for help. Throws `invalid-input` with one sentence. */
export function parseServeArguments(args: readonly string[]): ServeOptions | null {
  const { values } = parse(args)
  if (values.help) return null
  return {
    bench: values.bench === undefined ? undefined : parseBench(values.bench),
    port: values.port === undefined ? undefined : parsePort(values.port),
    readOnly: values['read-only'],
    open: values.open
  }
}

/** A port as a person writes it. Throws `invalid-input`. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new BenchError('invalid-input', `"${text}" is not a port.`, { field: 'port', hint: 'Give a number from 0 to 65535 (0 takes any free one), or leave --port out.' })
}

function parseBench(path: string): string {
  if (path !== '' && !path.includes('\0')) return path
  throw new BenchError('invalid-input', '--bench needs the path of a file.', { field: 'bench', hint: 'Give it as --bench FILE, or leave it out.' })
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        bench: { type: 'string' },
        port: { type: 'string' },
        'read-only': { type: 'boolean', default: false },
        open: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    })
  } catch (error) {
    // The first sentence says what is wrong; the rest is advice on writing such options in general.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.?(?:\s*\n|\.\s|$)/)
    throw new BenchError('invalid-input', `${sentence}.`, { hint: 'See --help for what can be given.' }, error)
  }
}
