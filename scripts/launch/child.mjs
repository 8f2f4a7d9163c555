import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { modules, pinnedNode, root } from './places.mjs'

const signals = process.platform === 'win32' ? ['SIGINT'] : ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program with this terminal and resolves to its exit code (128 + signal number when a signal ended it).
 * Signals to the launcher pass on to it. Ctrl+C in a terminal reaches the whole process group by itself, so it is only
 * waited for there: passing it on as well would count as a second one.
 */
export function runChild(command, args, { env = childEnvironment(), cwd, stdio = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd: cwd || process.cwd(), stdio })
    const forward = (signal) => void (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal))
    for (const signal of signals) process.on(signal, forward)
    const done = () => {
      for (const signal of signals) process.removeListener(signal, forward)
    }
    child.once('error', (error) => {
      done()
      reject(new Error(`${command} could not be started (${error.code || error.message}).`))
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(code === null ? 128 + (constants.signals[signal] || 0) : code)
    })
  })
}

/**
 * Runs a program to its end and resolves to `{ code, output }`, stdout and stderr together; killed after `limit` milliseconds.
 * A signal that ends the launcher meanwhile ends the program too.
 */
export function capture(command, args, { env = childEnvironment(), cwd = root, limit = 0, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-20000)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    const timer = limit > 0 ? setTimeout(() => child.kill('SIGKILL'), limit) : undefined
    const stop = (signal) => {
      child.kill(signal)
      process.exit(128 + constants.signals[signal])
    }
    for (const signal of signals) process.on(signal, stop)
    const end = (code) => {
      clearTimeout(timer)
      for (const signal of signals) process.removeListener(signal, stop)
      resolve({ code, output })
    }
    child.once('error', (error) => {
      keep(error.message)
      end(127)
    })
    child.once('close', (code) => end(code === null ? 1 : code))
  })
}

/** The environment of everything that runs with the pinned Node: it comes first on the path, and Electron stays Electron. */
export function childEnvironment(extra = {}) {
  const env = { ...process.env, ...extra }
  const name = pathVariable(env)
  env[name] = [dirname(pinnedNode()), env[name]].filter(Boolean).join(delimiter)
  delete env.ELECTRON_RUN_AS_NODE
  return env
}

/** The person's own environment, without the commands that npm puts on the path from this repository. */
export function outerEnvironment() {
  const env = { ...process.env }
  const name = pathVariable(env)
  env[name] = (env[name] || '').split(delimiter).filter((folder) => !folder.startsWith(modules)).join(delimiter)
  return env
}

const pathVariable = (env) => Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH'
