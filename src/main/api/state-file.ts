import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

/**
 * Reads a small JSON file of the state folder. A missing, damaged or foreign file reads as the fallback:
 * nothing in there is worth refusing to start for.
 */
export function readState<Schema extends v.GenericSchema>(folder: string, file: string, schema: Schema, fallback: v.InferOutput<Schema>): v.InferOutput<Schema> {
  try {
    const parsed = v.safeParse(schema, JSON.parse(readFileSync(join(folder, file), 'utf8')))
    return parsed.success ? parsed.output : fallback
  } catch {
    return fallback
  }
}

/**
 * Writes a small JSON file of the state folder atomically: a reader or a crash sees the old or the new content, never half.
 * Returns false when the folder cannot be written; the state is then simply not remembered.
 */
export function writeState(folder: string, file: string, value: unknown): boolean {
  const target = join(folder, file)
  const temporary = `${target}.${process.pid}.tmp`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`)
    renameSync(temporary, target)
    return true
  } catch {
    return false
  }
}
