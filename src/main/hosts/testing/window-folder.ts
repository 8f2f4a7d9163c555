import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that looks like a built window, with a secret beside it and a link that leads to the secret. */
export function windowFolderWithSecret(): string {
  const parent = mkdtempSync(join(tmpdir(), 'weakbench-window-'))
  const folder = join(parent, 'renderer')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(parent, 'secret.json'), '"secret"')
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Weakbench</title>')
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'export {}')
  symlinkSync(join(parent, 'secret.json'), join(folder, 'linked.json'))
  return folder
}
