import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from './places.mjs'
import { say } from './progress.mjs'

/** A lock folder without a holder's id is one whose maker was killed in between; it is given this long, in milliseconds. */
const unsignedGrace = 5000

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * Runs `work` while holding the named lock of this checkout, so that two launchers never install or build at once.
 * A lock whose process is gone is taken over.
 */
export async function exclusively(name, waitingFor, work) {
  const folder = join(cache, `${name}.lock`)
  mkdirSync(cache, { recursive: true })
  let told = false
  while (!tryTake(folder)) {
    if (!told) say(`Waiting for another Weakbench that is ${waitingFor} …`)
    told = true
    await wait(300)
  }
  const release = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

function tryTake(folder) {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    removeStale(folder)
    return false
  }
  writeFileSync(join(folder, 'pid'), String(process.pid))
  return true
}

/** Moved aside before it is removed: if another waiter was faster and this is a live lock by now, it is put back. */
function removeStale(folder) {
  if (!isStale(folder)) return
  const aside = `${folder}.${process.pid}.${Date.now()}`
  try {
    renameSync(folder, aside)
    if (isStale(aside)) rmSync(aside, { recursive: true, force: true })
    else renameSync(aside, folder)
  } catch {
    // Another waiter did the same; the next round sees the result.
  }
}

function isStale(folder) {
  const pid = holder(folder)
  if (pid !== undefined) return !isAlive(pid)
  try {
    return Date.now() - statSync(folder).mtimeMs > unsignedGrace
  } catch {
    return false
  }
}

function holder(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
