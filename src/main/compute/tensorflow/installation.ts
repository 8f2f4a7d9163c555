import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What `npm run setup:tensorflow` writes, last of all, into `setup.json` of the folder it made. */
export interface Installation {
  readonly format: 1
  /** Version of libtensorflow, such as `2.21.0`. */
  readonly tensorflow: string
  /** Which build of libtensorflow. */
  readonly build: 'cpu' | 'cuda'
  /** Version of @tensorflow/tfjs-node-gpu whose binding was compiled. */
  readonly bindingSources: string
  readonly platform: string
  readonly arch: string
  /** The compiled binding, relative to the folder. */
  readonly binding: string
  /** Every library it needs at run time, relative to the folder, with its size in bytes. */
  readonly libraries: readonly { readonly path: string; readonly bytes: number }[]
  /** Versions of NVIDIA's libraries by package, such as `nvidia-cudnn-cu12`; empty for the CPU build. */
  readonly cuda: Readonly<Record<string, string>>
  /** What the training steps at the end of the setup ran on. */
  readonly device: string
  /** Why that was not a GPU, one sentence; null when it was. */
  readonly noGpu: string | null
}

/** The folder of the current installation and its description. */
export interface Installed extends Installation {
  readonly folder: string
}

/** An installation that cannot be used: why, and what to do. */
export interface Unusable {
  readonly reason: string
  readonly remedy: string
}

/** The command that makes or repairs an installation, as remedies name it. */
export const setUp = 'Run: npm run setup:tensorflow'

/**
 * The user's cache folder of this application for TensorFlow: below `XDG_CACHE_HOME` (`~/.cache`) on Linux,
 * `~/Library/Caches` on macOS, `LOCALAPPDATA` on Windows.
 */
export function tensorflowFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform, home: string = homedir()): string {
  const caches =
    platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : env['XDG_CACHE_HOME'] || join(home, '.cache')
  return join(caches, 'weakbench', 'tensorflow')
}

/**
 * Finds the current installation without loading it and checks that it is whole and made for this machine's
 * platform and for the installed version of the binding's package.
 *
 * @param bindingSources the installed version of @tensorflow/tfjs-node-gpu
 */
export function findInstallation(bindingSources: string, root: string = tensorflowFolder()): Installed | Unusable {
  const current = readJson<{ folder: string }>(join(root, 'current.json'))
  if (!current) return { reason: 'TensorFlow is not set up on this machine.', remedy: `${setUp} (it downloads TensorFlow once and compiles a small binding).` }
  return inspectInstallation(bindingSources, join(root, current.folder))
}

/** The same for the installation in one folder, whether it is the current one or not. */
export function inspectInstallation(bindingSources: string, folder: string): Installed | Unusable {
  const made = readJson<Installation>(join(folder, 'setup.json'))
  if (made?.format !== 1) return broken('its description is missing or from another version of Weakbench')
  if (made.platform !== process.platform || made.arch !== process.arch) {
    return broken(`it was made for ${made.platform} on ${made.arch}, and this is ${process.platform} on ${process.arch}`)
  }
  if (made.bindingSources !== bindingSources) return broken(`its binding is version ${made.bindingSources}, and this Weakbench needs ${bindingSources}`)
  const damaged = [...made.libraries, { path: made.binding, bytes: undefined }].find(({ path, bytes }) => !isWhole(join(folder, path), bytes))
  if (damaged) return broken(`${damaged.path} is missing or damaged`)
  return { ...made, folder }
}

function broken(why: string): Unusable {
  return { reason: `The installation of TensorFlow cannot be used: ${why}.`, remedy: setUp }
}

function isWhole(path: string, bytes: number | undefined): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && (bytes === undefined ? found.size > 0 : found.size === bytes)
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return undefined
  }
}
