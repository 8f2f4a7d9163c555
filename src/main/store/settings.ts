import type { Connection } from './connection.ts'

/** How a person left the views: JSON texts by key. */
export class SettingRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get(key: string): string | null {
    return this.#connection.get<{ value: string }>('SELECT value FROM setting WHERE key = ?', key)?.value ?? null
  }

  set(key: string, value: string): void {
    this.#connection.run('INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, value)
  }
}
