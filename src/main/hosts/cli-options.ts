/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly bench?: string
  readonly json?: boolean
}
