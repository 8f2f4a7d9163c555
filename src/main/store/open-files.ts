import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** What SQLite keeps beside a database while it is open, or after its process was killed. */
export const sideSuffixes = ['-wal', '-shm', '-journal'] as const

const counts = new Map<string, number>()

/** One name a file, whatever links or relative path lead to it; a file that does not exist yet is named by its folder. */
export function realPathOf(path: string): string {
  const absolute = resolve(path)
  try {
    return realpathSync(absolute)
  } catch {
    try {
      return join(realpathSync(dirname(absolute)), basename(absolute))
    } catch {
      return absolute
    }
  }
}

/**
 * Notes that this process has the file open in SQLite, until the function returned is called. POSIX drops all locks of a
 * process on a file as soon as the process closes any descriptor of it, so nothing here may open such a file by itself:
 * see sqlite.org/howtocorrupt.html, section 2.2.
 */
export function markOpen(path: string): () => void {
  const name = realPathOf(path)
  counts.set(name, (counts.get(name) ?? 0) + 1)
  let open = true
  return () => {
    if (!open) return
    open = false
    const left = (counts.get(name) ?? 1) - 1
    if (left > 0) counts.set(name, left)
    else counts.delete(name)
  }
}

export const isOpenHere = (path: string): boolean => counts.has(realPathOf(path))
