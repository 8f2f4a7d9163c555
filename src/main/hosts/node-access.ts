import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is not let in. */
export type Refusal = 'host' | 'origin' | 'token'

/**
 * Who may talk to the server: whoever names it by its loopback address (a page of another name that was made to resolve to
 * 127.0.0.1 does not), comes from its own pages, and holds the token of this instance.
 */
export class Access {
  readonly port: number
  readonly #token = randomBytes(32).toString('base64url')

  constructor(port: number) {
    this.port = port
  }

  /** The address to open: the token in it is exchanged for a cookie and leaves the address bar. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.#token}`
  }

  /** The origin of the contract's socket under the name the request used; never what a request merely claims. */
  socketOrigin({ headers }: IncomingMessage): string {
    return `ws://${this.#hosts.find((host) => host === headers.host) ?? this.#hosts[0]}`
  }

  /** Host and, where there is one, Origin. */
  refusesSource({ headers }: IncomingMessage): Refusal | null {
    if (!this.#hosts.some((host) => host === headers.host)) return 'host'
    return headers.origin === undefined || headers.origin === `http://${headers.host}` ? null : 'origin'
  }

  /** Everything a file of the window needs. */
  refusesRequest(request: IncomingMessage): Refusal | null {
    return this.refusesSource(request) ?? (this.#hasCookie(request) ? null : 'token')
  }

  /** The contract's socket; a browser always sends Origin there, so that its absence is refused too. */
  refusesUpgrade(request: IncomingMessage): Refusal | null {
    return request.headers.origin === undefined ? 'origin' : this.refusesRequest(request)
  }

  isToken(candidate: string): boolean {
    return sameText(candidate, this.#token)
  }

  /** Named by port, because browsers share cookies between the ports of a host. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#token}; Path=/; HttpOnly; SameSite=Strict`
  }

  get #hosts(): readonly [string, string] {
    return [`127.0.0.1:${this.port}`, `localhost:${this.port}`]
  }

  get #cookieName(): string {
    return `weakbench-${this.port}`
  }

  #hasCookie({ headers }: IncomingMessage): boolean {
    const prefix = `${this.#cookieName}=`
    const found = (headers.cookie ?? '').split(';').map((part) => part.trim()).find((part) => part.startsWith(prefix))
    return found !== undefined && this.isToken(found.slice(prefix.length))
  }
}

/** Compares in constant time, whatever the lengths. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
