/** What a host can do for the core beyond carrying calls. */
export interface HostAbilities {
  readonly kind: 'electron' | 'node'
  /** True where `chooseBench` opens a native dialog; elsewhere the window asks for a path itself. */
  readonly nativeDialogs: boolean
  /** The folder offered for new bench files. */
  readonly documents: string
  /** Asks the person for a bench file; null when they cancel or the host has no native dialogs. */
  chooseBench(mode: 'open' | 'create' | 'backup'): Promise<string | null>
  /** Asks for a file or folder to import, or for where to save an export that is to be called `name`; null as above. */
  chooseFile(mode: 'file' | 'folder' | 'save', name: string | null): Promise<string | null>
}
