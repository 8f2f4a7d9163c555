/** The open bench file, as the status bar and Home show it. */
export interface BenchInfo {
  readonly path: string
  readonly name: string
  readonly readOnly: boolean
  readonly schemaVersion: number
  readonly createdAt: number
  readonly sizeBytes: number
  readonly counts: { readonly datasets: number; readonly experiments: number; readonly runs: number; readonly jobs: number }
  /** Interrupted jobs that can be resumed. */
  readonly interrupted: number
}

export interface RecentBench {
  readonly path: string
  readonly name: string
  readonly openedAt: number
  /** False when the file is no longer where it was. */
  readonly exists: boolean
}

/** The application: versions and abilities of the host it runs in. */
export interface AppInfo {
  readonly version: string
  readonly host: 'electron' | 'node'
  readonly platform: string
  readonly node: string
  readonly cores: number
  readonly memoryBytes: number
  /** True where the host has native open and save dialogs. */
  readonly nativeDialogs: boolean
  /** The folder offered for new bench files. */
  readonly documents: string
}
