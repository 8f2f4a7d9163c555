import { capture } from '../launch/child.mjs'
import { SetupError } from './failures.mjs'

const standard = 'https://pypi.org/simple'

/**
 * The Python package index that this person's pip uses: `PIP_INDEX_URL`, else pip's own configuration where pip is there, else PyPI.
 */
export async function indexUrl(env = process.env, run = capture) {
  if (env.PIP_INDEX_URL) return env.PIP_INDEX_URL
  const { code, output } = await run('python3', ['-m', 'pip', 'config', 'get', 'global.index-url'], { env, limit: 20_000 })
  const line = output.trim().split('\n').at(-1)
  return code === 0 && /^https?:\/\//.test(line) ? line : standard
}

/**
 * Every file of a package: `[{ filename, url, sha256, size, yanked }]`, by the index's JSON interface (PEP 691) or, where
 * the index lacks it, from its HTML page (PEP 503). `size` is undefined where the index does not tell.
 */
export async function filesOf(name, index) {
  const page = new URL(`${index.replace(/\/+$/, '')}/${name}/`)
  const response = await request(page, { accept: 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1' })
  if (response.status === 404) throw new SetupError(`The package index at ${page.host} has no package ${name}.`, 'Check index-url in pip\'s configuration.')
  if (!response.ok) throw unreachable(page, `it answered ${response.status}`)
  const text = await response.text().catch((error) => { throw unreachable(page, reasonOf(error), error) })
  const files = /json/.test(response.headers.get('content-type') ?? '') ? fromJson(text, page) : fromHtml(text, page)
  return files.map((file) => ({ ...file, url: withCredentials(file.url, page) }))
}

/** Fetches with the credentials that a URL carries, which `fetch` itself refuses; failures become sentences. */
export async function request(url, headers, signal) {
  const bare = new URL(url)
  const { username, password } = bare
  bare.username = bare.password = ''
  const authorization = username ? { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}` } : {}
  try {
    return await fetch(bare, { headers: { ...headers, ...authorization }, signal })
  } catch (error) {
    throw unreachable(bare, reasonOf(error), error)
  }
}

const unreachable = (url, why, cause) => new SetupError(`${url.host} could not be reached: ${why}.`, 'Check the network connection and pip\'s index-url, then run the same command again: it continues where it stopped.', cause)

export const reasonOf = (error) => error?.cause?.code ?? error?.cause?.message ?? error?.code ?? error?.message ?? String(error)

function fromJson(text, page) {
  return JSON.parse(text).files.map(({ filename, url, hashes, size, yanked }) => ({
    filename,
    url: new URL(url, page).href,
    sha256: hashes.sha256,
    size,
    yanked: Boolean(yanked)
  }))
}

function fromHtml(text, page) {
  return [...text.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/g)].flatMap(([, attributes, filename]) => {
    const href = /href="([^"]*)"/.exec(attributes)?.[1]?.replaceAll('&amp;', '&')
    if (href === undefined) return []
    const url = new URL(href, page)
    const sha256 = /sha256=([0-9a-f]{64})/.exec(url.hash)?.[1]
    url.hash = ''
    return [{ filename: filename.trim(), url: url.href, sha256, size: undefined, yanked: /\sdata-yanked/.test(attributes) }]
  })
}

/** Files on the index's own host need its credentials too. */
function withCredentials(url, page) {
  const file = new URL(url)
  if (file.host === page.host) [file.username, file.password] = [page.username, page.password]
  return file.href
}
