import type { Client, Connection } from './client.ts'

let current: Client | null = null

/** Gives the window its way to main; called once before the application is mounted (and by tests before each one). */
export function provideClient(client: Client): void {
  current = client
}

/** The client every store calls. Throws when the window was mounted without one. */
export function useClient(): Client {
  if (current === null) throw new Error('The window has no connection to the bench yet.')
  return current
}

export type { Client, Connection }
