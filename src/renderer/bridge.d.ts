import type { Transport } from '../shared/contract/transport.ts'

declare global {
  interface Window {
    /** Exposed by the preload script; absent in a browser. */
    readonly weakbench?: Transport & {
      /** Full path of a file that was dropped onto the window. */
      readonly pathOfFile?: (file: File) => string
    }
  }
}
