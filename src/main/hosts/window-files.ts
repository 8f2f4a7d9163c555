import { existsSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'

/** One file of the built window, ready to be sent. */
export interface WindowFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2'
}

/**
 * Reads a file of the built window by the path of a URL; null when there is none, also for paths that lead out of the folder
 * (dots, encoded dots, links) and for kinds of file the window does not consist of. Read anew each time, so that
 * a build while the bench runs shows after a reload.
 */
export async function readWindowFile(folder: string, urlPath: string): Promise<WindowFile | null> {
  const name = decodePath(urlPath)
  const type = name === null ? undefined : types[extname(name)]
  if (name === null || type === undefined) return null
  try {
    const root = await realpath(folder)
    const path = await realpath(join(root, name))
    if (!path.startsWith(root + sep)) return null
    return { body: new Uint8Array(await readFile(path)), headers: { 'content-type': type, 'cache-control': cacheControl(name) } }
  } catch {
    return null
  }
}

/** The folder of the built window: beside the built main process, or the build's in a source tree. Throws when nothing is built. */
export function windowFolder(here: string = import.meta.filename): string {
  // A build may put this code one folder deeper than its entry points.
  const candidates = here.endsWith('.ts') ? ['../../../out/renderer'] : ['../renderer', '../../renderer']
  const found = candidates.map((name) => resolve(dirname(here), name)).find((path) => existsSync(join(path, 'index.html')))
  if (found) return found
  throw new BenchError('not-found', 'The window of the bench is not built.', { hint: 'Run npm start, which builds it, or npm run build.' })
}

function decodePath(urlPath: string): string | null {
  try {
    const path = decodeURIComponent(urlPath)
    if (path.includes('\0') || path.includes('\\') || path.split('/').includes('..')) return null
    return path.endsWith('/') ? `${path}index.html` : path
  } catch {
    return null
  }
}

// The build names what is under /assets/ by its content; everything else may change under its name.
const cacheControl = (name: string): string => (name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store')
