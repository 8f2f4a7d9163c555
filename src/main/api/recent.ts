import { existsSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import * as v from 'valibot'
import type { RecentBench } from '../../shared/domain/bench.ts'
import { readState, writeState } from './state-file.ts'

const file = 'recent.json'
const longest = 20
const Entries = v.array(v.object({ path: v.pipe(v.string(), v.minLength(1)), openedAt: v.pipe(v.number(), v.finite()) }))

/** The bench files opened last, newest first, at most 20; kept in the state folder, not in a bench. */
export interface RecentList {
  list(): readonly RecentBench[]
  /** Puts a file on top. */
  add(path: string, openedAt?: number): void
  /** Takes a file off the list; the file itself stays. */
  forget(path: string): void
}

/** Opens the list of a state folder. It is read anew on every call, because several instances may share it. */
export function openRecentList(stateFolder: string): RecentList {
  const read = () => readState(stateFolder, file, Entries, [])
  const without = (path: string) => read().filter((entry) => entry.path !== resolve(path))
  return {
    list: () => read().map((entry) => ({ ...entry, name: basename(entry.path, extname(entry.path)), exists: existsSync(entry.path) })),
    add: (path, openedAt = Date.now()) => void writeState(stateFolder, file, [{ path: resolve(path), openedAt }, ...without(path)].slice(0, longest)),
    forget: (path) => void writeState(stateFolder, file, without(path))
  }
}
