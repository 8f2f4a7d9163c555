import type { BrowserContext, Page } from '@playwright/test'

/**
 * Notes what no test may see: violations of the content security policy, console errors, uncaught errors, crashed
 * pages, and requests or sockets to anywhere but the bench itself.
 */
export class Watch {
  readonly complaints: string[] = []
  readonly #isOwn: (url: URL) => boolean
  readonly #gone = new Set<string>()

  /** @param isOwn true for the addresses the window may ask */
  constructor(isOwn: (url: URL) => boolean) {
    this.#isOwn = isOwn
  }

  /** Watches every page of the context, those that open later too. Violations are told by the page from its next load on. */
  async follow(context: BrowserContext): Promise<void> {
    context.on('console', (message) => {
      if (message.type() === 'error') this.complain(`console error: ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', (error) => this.complain(`uncaught error: ${error.error().message}`))
    context.on('request', (request) => this.#check('request', request.url()))
    context.on('page', (page) => this.#followPage(page))
    context.pages().forEach((page) => this.#followPage(page))
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
        console.error(`securitypolicyviolation: ${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`))
    })
  }

  /** The server at this address (`127.0.0.1:4747`) is being ended: a window that is still open cannot but say so. */
  expectGone(address: string): void {
    this.#gone.add(address)
  }

  /** What was noted so far; the list is empty afterwards. */
  take(): readonly string[] {
    return this.complaints.splice(0)
  }

  complain(text: string): void {
    if (![...this.#gone].some((address) => text.includes(address))) this.complaints.push(text)
  }

  #followPage(page: Page): void {
    page.on('crash', () => this.complain('the page crashed'))
    page.on('websocket', (socket) => this.#check('WebSocket', socket.url()))
  }

  #check(kind: string, address: string): void {
    const url = new URL(address)
    if (['data:', 'blob:', 'about:'].includes(url.protocol) || this.#isOwn(url)) return
    this.complain(`${kind} to ${address}`)
  }
}
