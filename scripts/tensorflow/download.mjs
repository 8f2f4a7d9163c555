import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { diskFull, SetupError } from './failures.mjs'
import { reasonOf, request } from './package-index.mjs'

/** A transfer that brings nothing for this long is begun anew, in milliseconds. */
const stallLimit = 60_000

/**
 * Downloads a file of known SHA-256 to `target`. What has arrived lies in `target.part` and is continued after an
 * interruption of whatever kind, also one of an earlier run. Returns without the network when the file is there already.
 *
 * @param file `{ url, sha256, size }`; `size` may be undefined
 * @param options `{ onProgress(done, total), attempts, pause }`: how often a broken transfer is continued before giving up, and the
 *   time in milliseconds before the first of those, doubled for each further one
 */
export async function download(file, target, { onProgress = () => {}, attempts = 5, pause = 1000 } = {}) {
  if (file.sha256 === undefined) throw new SetupError(`The package index gives no SHA-256 for ${file.filename}.`, 'Use an index that does, such as PyPI: set PIP_INDEX_URL.')
  if (existsSync(target) && (await sha256Of(target)) === file.sha256) return
  const part = `${target}.part`
  const resumed = bytesOf(part) > 0
  await transfer(file, part, onProgress, attempts, pause)
  if ((await sha256Of(part)) !== file.sha256) {
    rmSync(part)
    // A part that an earlier run left may be of another file by this name: once more from the start.
    if (resumed) return download(file, target, { onProgress, attempts, pause })
    throw new SetupError(`The download of ${file.filename} is not what the package index says it is (its SHA-256 differs), and was deleted.`, 'Run the same command again; if it happens again, a proxy or mirror on the way changes files.')
  }
  renameSync(part, target)
}

async function transfer(file, part, onProgress, attempts, pause) {
  for (let failures = 0; ; failures++) {
    const before = bytesOf(part)
    const failure = await once(file, part, onProgress).then(() => undefined, (error) => diskFull(error, part))
    if (failure === undefined) return
    const lasting = failure instanceof SetupError && failure.lasting !== false
    if (lasting || (failures + 1 >= attempts && bytesOf(part) <= before) || failures >= attempts * 4) throw failure
    await new Promise((resolve) => setTimeout(resolve, pause * 2 ** Math.min(failures, 5)))
  }
}

/** One request: continues the part where there is one and the server can. */
async function once(file, part, onProgress) {
  const have = bytesOf(part)
  if (file.size !== undefined && have === file.size) return
  const controller = new AbortController()
  let timer
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.abort(new Error(`nothing came for ${stallLimit / 1000} seconds`)), stallLimit)
  }
  alive()
  try {
    const response = await request(file.url, have > 0 ? { range: `bytes=${have}-` } : {}, controller.signal).catch((error) => { throw brief(file, error.message, error) })
    const offset = offsetOf(response, have, part, file)
    if (offset === undefined) return
    const total = file.size ?? offset + Number(response.headers.get('content-length'))
    let done = offset
    onProgress(done, total)
    const meter = new Transform({
      transform(chunk, _encoding, next) {
        alive()
        done += chunk.length
        if (file.size !== undefined && done > file.size) return next(new SetupError(`The server sends more of ${file.filename} than the ${file.size} bytes the index states.`, 'Run the same command again.'))
        onProgress(done, total)
        next(null, chunk)
      }
    })
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(part, { flags: offset > 0 ? 'a' : 'w' }))
    if (file.size !== undefined && done < file.size) throw brief(file, `the connection ended after ${done} of ${file.size} bytes`)
  } catch (error) {
    if (error instanceof SetupError || error.code === 'ENOSPC' || error.code === 'EDQUOT') throw error
    throw brief(file, reasonOf(error), error)
  } finally {
    clearTimeout(timer)
  }
}

/** Where the response's body belongs in the part; undefined when the part is complete as far as the server knows. */
function offsetOf(response, have, part, file) {
  if (response.status === 206) {
    const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1])
    if (start === have) return have
  } else if (response.status === 416) {
    const total = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1])
    if (total === have) return undefined
  } else if (response.status === 200) return 0
  if (have > 0 && [206, 416].includes(response.status)) {
    truncateSync(part)
    throw brief(file, 'the server did not continue where it stopped')
  }
  throw Object.assign(brief(file, `the server answered ${response.status}`), { lasting: response.status < 500 && response.status !== 429 })
}

/** A failure that is worth another try. */
const brief = (file, why, cause) =>
  Object.assign(new SetupError(`The download of ${file.filename} was interrupted: ${why}.`, 'Check the network connection and run the same command again: it continues where it stopped.', cause), { lasting: false })

const bytesOf = (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
