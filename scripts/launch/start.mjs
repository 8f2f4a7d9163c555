import { isAbsolute, resolve } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { childEnvironment, runChild } from './child.mjs'
import { findElectron, hasDesktop } from './electron.mjs'
import { UsageError } from './failures.mjs'
import { ensureInstalled } from './install.mjs'
import { pinnedNode, root, sourceFile, standing } from './places.mjs'
import { say } from './progress.mjs'

const usage = `Usage: npm start -- [options]

Builds what is stale and opens Weakbench: in its own window where Electron and a display are there, else served on the
loopback address for a browser.

  --bench FILE   the bench file to open (made when there is none)
  --read-only    open it without writing to it
  --browser      serve it for a browser, whatever is there
  --port N       the port to serve on, 0 for any free one (implies --browser)
  --help         show this`

/** An Electron that ends this soon with an error never showed a window, so the bench is served instead. */
const diedAtOnce = 10_000

/** `npm start`: resolves to the exit code of the application. */
export async function start(args) {
  const options = parse(args)
  if (options.help) {
    console.log(usage)
    return 0
  }
  await ensureInstalled()
  await ensureBuilt()
  if (options.browser) return serve(options)
  const electron = await findElectron()
  if (electron.path === undefined) {
    say(`${electron.reason}, so Weakbench is served for a browser instead.`)
    return serve(options)
  }
  const started = Date.now()
  const code = await runChild(electron.path, [root, ...benchArguments(options)], { env: childEnvironment() })
  if (!crashed(code) || Date.now() - started > diedAtOnce) return code
  say('Electron could not show its window (see above), so Weakbench is served for a browser instead.')
  return serve(options)
}

/** Ended by a signal that nobody sends on purpose: a failed check of its sandbox, a missing display. */
const crashed = (code) => [128 + 4, 128 + 5, 128 + 6, 128 + 11, 127].includes(code)

function serve(options) {
  const args = [...benchArguments(options)]
  if (options.port !== undefined) args.push('--port', options.port)
  if (hasDesktop()) args.push('--open')
  return runChild(pinnedNode(), [sourceFile('out/main/serve.js'), ...args])
}

const benchArguments = ({ bench, readOnly }) => [...(bench === undefined ? [] : ['--bench', bench]), ...(readOnly ? ['--read-only'] : [])]

function parse(args) {
  const options = { browser: false, readOnly: false, help: false, bench: undefined, port: undefined }
  const rest = args.flatMap((arg) => (/^--(bench|port)=/.test(arg) ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [arg]))
  while (rest.length > 0) take(rest.shift(), rest, options)
  return options
}

function take(arg, rest, options) {
  if (arg === '--help' || arg === '-h') options.help = true
  else if (arg === '--browser') options.browser = true
  else if (arg === '--read-only') options.readOnly = true
  else if (arg === '--bench') options.bench = absolute(value(arg, rest, 'the path of a bench file'))
  else if (arg === '--port') {
    options.port = portOf(value(arg, rest, 'a port number'))
    options.browser = true
  } else throw new UsageError(`"${arg}" means nothing to npm start; \`npm start -- --help\` lists what does.`)
}

function value(name, rest, what) {
  const next = rest.shift()
  if (next === undefined || next === '' || next.startsWith('--')) throw new UsageError(`${name} needs ${what} after it.`)
  return next
}

function portOf(text) {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return text
  throw new UsageError(`--port ${text} is not a port; choose a number from 0 to 65535 (0 takes any free one).`)
}

const absolute = (path) => (isAbsolute(path) ? path : resolve(standing(), path))
