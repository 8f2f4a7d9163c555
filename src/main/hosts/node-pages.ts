import type { Refusal } from './node-access.ts'

/** What a refused visitor reads: what happened and what to do. */
const sentences: Readonly<Record<Refusal, readonly [what: string, todo: string]>> = {
  token: [
    'This window has no key to the bench that runs here.',
    'Open the address printed in the terminal where the bench was started. Each start has its own, so an address kept from an earlier start no longer works.'
  ],
  host: [
    'The bench answers under 127.0.0.1 and localhost with its own port only.',
    'Open the address printed in the terminal. Through a tunnel, forward the same port number on both sides.'
  ],
  origin: ['The bench answers its own pages only; this request came from another one.', 'Open the address printed in the terminal in a window of its own.']
}

export const refusalPage = (refusal: Refusal): string => page(...sentences[refusal])

/**
 * Moves on to the window after a visit that began on another site: a redirect would count as that site's navigation,
 * and the browser would keep the new cookie back.
 */
export const entrancePage = (): string =>
  page('Opening the bench.', '<a href="/">Open it</a> if nothing happens.').replace('<title>', '<meta http-equiv="refresh" content="0; url=/"><title>')

const page = (what: string, todo: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Weakbench</title></head>
<body><h1>Weakbench</h1><p>${what}</p><p>${todo}</p></body>
</html>
`
