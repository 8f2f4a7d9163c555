import { chmodSync, mkdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { packageFolder, packageVersion } from '../../src/main/compute/tensorflow/binding.ts'
import { findInstallation, inspectInstallation, tensorflowFolder } from '../../src/main/compute/tensorflow/installation.ts'
import { withElapsed } from '../launch/progress.mjs'
import { bindingPath, compile } from './compile.mjs'
import { fromNvidia, fromTensorflow } from './contents.mjs'
import { download } from './download.mjs'
import { diskFull, SetupError } from './failures.mjs'
import { findNvidia, packageFor, thisHost } from './host.mjs'
import { filesOf, indexUrl } from './package-index.mjs'
import { byteBar } from './progress.mjs'
import { prove, whyNoGpu } from './prove.mjs'
import { findToolchain } from './toolchain.mjs'
import { requirementsOf } from './versions.mjs'
import { chooseWheel } from './wheels.mjs'
import { extract, readDirectory, readText } from './zip.mjs'

/** The newest TensorFlow that the binding was compiled and tested with; where a platform has no wheel of it, the newest before it. */
const tested = '2.21.0'

/**
 * Sets TensorFlow up and resolves to `{ installation, proof, changed }`. Every step leaves either its whole result or something that
 * the same step of a later run continues or replaces, so that an interruption anywhere costs nothing but time.
 */
export async function setUp(options) {
  const sources = packageVersion()
  if (sources === null) throw new SetupError('The package @tensorflow/tfjs-node-gpu is not installed.', 'Run: npm install --include=optional')
  const host = thisHost()
  const nvidia = options.cpu ? { gpus: [], problem: null } : await findNvidia()
  const build = options.cuda || (!options.cpu && host.platform === 'linux' && host.arch === 'x64' && nvidia.gpus.length > 0) ? 'cuda' : 'cpu'
  const name = packageFor(host, build)
  const present = findInstallation(sources)
  if (!options.force && isWanted(present, build, options)) return { ...(await renew(present, nvidia)), changed: false }
  const toolchain = await findToolchain()
  const root = tensorflowFolder()
  makeFolder(root)
  const wheel = await findWheel(name, host, options.version === undefined ? `<=${tested}` : `==${options.version}`, build)
  const folder = join(root, `${wheel.version}-${build}`)
  const kept = inspectInstallation(sources, folder)
  if (!options.force && !('reason' in kept)) {
    writeWhole(join(root, 'current.json'), { folder: basename(folder) })
    return { ...(await renew(kept, nvidia)), changed: true }
  }
  if (options.force) rmSync(folder, { recursive: true, force: true })
  rmSync(join(folder, 'setup.json'), { force: true })
  const { libraries, cuda, archives } = await fetchLibraries(wheel, build, host, root, folder)
  const toLink = libraries.map(({ path }) => path).filter((path) => path.startsWith('deps/lib/')).map((path) => path.slice('deps/lib/'.length))
  await withElapsed('Compiling the binding', () => compile(folder, packageFolder(), toLink, toolchain))
  const proof = await withElapsed('Training with it', () => prove(join(folder, bindingPath)))
  if (proof.version !== wheel.version) throw new SetupError(`The library that was loaded is TensorFlow ${proof.version} and not ${wheel.version}.`, 'Remove other copies of libtensorflow from LD_LIBRARY_PATH, then run the same command again.')
  const installation = {
    format: 1,
    tensorflow: wheel.version,
    build,
    bindingSources: sources,
    platform: host.platform,
    arch: host.arch,
    binding: bindingPath,
    libraries,
    cuda,
    ...deviceOf(proof, nvidia, build, cuda)
  }
  writeWhole(join(folder, 'setup.json'), installation)
  writeWhole(join(root, 'current.json'), { folder: basename(folder) })
  for (const archive of archives) rmSync(archive, { force: true })
  return { installation: { ...installation, folder }, proof, changed: true }
}

/** Proves what is there and writes down what it runs on by now: a driver may have come or gone since. */
async function renew(present, nvidia) {
  const { installation, proof } = await check(present, nvidia)
  const { folder, ...description } = installation
  writeWhole(join(folder, 'setup.json'), description)
  return { installation, proof }
}

/** Says what is there and proves that it works: `{ installation, proof }`. Throws where it does not. */
export async function check(present = findInstallation(packageVersion() ?? ''), nvidia = undefined) {
  if ('reason' in present) throw new SetupError(present.reason, present.remedy)
  const proof = await prove(join(present.folder, present.binding))
  if (proof.version !== present.tensorflow) throw new SetupError(`The library that was loaded is TensorFlow ${proof.version} and not ${present.tensorflow}.`, 'Run: npm run setup:tensorflow -- --force')
  return { installation: { ...present, ...deviceOf(proof, nvidia ?? (await findNvidia()), present.build, present.cuda) }, proof }
}

const isWanted = (present, build, { version }) => !('reason' in present) && present.build === build && (version === undefined || present.tensorflow === version)

async function findWheel(name, host, specifier, build) {
  const index = await indexUrl()
  const wheel = chooseWheel(await filesOf(name, index), host, specifier)
  if (wheel !== undefined) return wheel
  const other = specifier.startsWith('==')
    ? 'Leave out --version, or choose a version that it has.'
    : build === 'cuda' ? 'Run: npm run setup:tensorflow -- --cpu' : 'Use the WebAssembly or the WebGPU engine.'
  throw new SetupError(`The package index has no ${name} ${specifier} for ${host.platform} on ${host.arch} with C library ${host.libc}.`, other)
}

/** Brings the libraries into `deps`; resolves to what is there: `{ libraries, cuda, archives }`. */
async function fetchLibraries(wheel, build, host, root, folder) {
  const archives = [await fetchWheel(wheel, root)]
  const { members, extracted } = await unpack(archives[0], fromTensorflow, folder, `TensorFlow ${wheel.version}`)
  if (extracted.filter((path) => path.startsWith('deps/lib/')).length < 2) throw new SetupError(`The wheel ${wheel.filename} does not hold TensorFlow's C library.`, 'Choose another version with --version.')
  const libraries = [...extracted]
  const cuda = {}
  if (build === 'cuda') {
    const metadata = await readText(archives[0], members.find(({ name }) => /^[^/]+\.dist-info\/METADATA$/.test(name)))
    for (const { name, specifier } of requirementsOf(metadata, 'and-cuda')) {
      const part = await findWheel(name, host, specifier, build)
      const archive = await fetchWheel(part, root)
      libraries.push(...(await unpack(archive, fromNvidia, folder, `${name} ${part.version}`)).extracted)
      cuda[name] = part.version
      archives.push(archive)
    }
  }
  const isLibrary = (path) => /\.(so|dylib)(\.\d+)*$/.test(path)
  return { libraries: libraries.filter(isLibrary).map((path) => ({ path, bytes: statSync(join(folder, path)).size })), cuda, archives }
}

async function fetchWheel(wheel, root) {
  const target = join(root, 'downloads', wheel.filename)
  makeFolder(join(root, 'downloads'))
  const have = [target, `${target}.part`].map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  needSpace(root, (wheel.size ?? 0) - Math.max(...have))
  const bar = byteBar(`Downloading ${wheel.filename.split('-').slice(0, 2).join(' ')}`)
  try {
    await download(wheel, target, { onProgress: (done, total) => bar.update(done, total) })
  } finally {
    bar.end()
  }
  return target
}

/** Extracts what `placeOf` names a place for; resolves to all members and the paths extracted, relative to the folder. */
async function unpack(archive, placeOf, folder, title) {
  const members = await readDirectory(archive)
  const wanted = members.flatMap((member) => (placeOf(member.name) === undefined ? [] : [{ member, path: `deps/${placeOf(member.name)}` }]))
  const total = wanted.reduce((sum, { member }) => sum + member.bytes, 0)
  const present = wanted.reduce((sum, { path }) => sum + (statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0), 0)
  makeFolder(folder)
  needSpace(folder, total - present)
  const bar = byteBar(`Unpacking ${title}`)
  let done = 0
  try {
    for (const { member, path } of wanted) {
      await extract(archive, member, join(folder, path), (bytes) => bar.update((done += bytes), total))
      if (path.includes('/bin/')) chmodSync(join(folder, path), 0o755)
    }
  } finally {
    bar.end()
  }
  return { members, extracted: wanted.map(({ path }) => path) }
}

function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(error.code)) throw new SetupError(`The folder ${folder} cannot be written to.`, 'Correct its permissions, or set XDG_CACHE_HOME to a folder of yours.', error)
    throw diskFull(error, folder)
  }
}

/** Refuses early what would fill the disk; 200 MB are left for the compiler and everybody else. */
function needSpace(folder, bytes) {
  const { bavail, bsize } = statfsSync(folder)
  const needed = bytes + 200e6
  if (bavail * bsize >= needed) return
  throw new SetupError(`The disk that holds ${folder} has ${Math.floor((bavail * bsize) / 1e6)} MB free, and ${Math.ceil(needed / 1e6)} MB are needed.`, 'Free some space, or set XDG_CACHE_HOME to a folder elsewhere, then run the same command again.')
}

/** Written aside and moved, so that a reader sees the old content or the new one. */
function writeWhole(path, content) {
  writeFileSync(`${path}.part`, `${JSON.stringify(content, null, 2)}\n`)
  renameSync(`${path}.part`, path)
}

/** What a proof ran on and, if that was no GPU, why: `{ device, noGpu }`. */
function deviceOf(proof, nvidia, build, cuda) {
  if (!proof.gpu) {
    const { length } = cpus()
    const noGpu = build === 'cuda' ? whyNoGpu(proof.log, nvidia) : (nvidia.problem ?? 'This is the build for the CPU.')
    return { device: `CPU, ${length} ${length === 1 ? 'thread' : 'threads'}`, noGpu }
  }
  const version = (name) => cuda[name]?.split('.').slice(0, 2).join('.')
  return { device: `${nvidia.gpus[0]?.name ?? 'NVIDIA GPU'} (CUDA ${version('nvidia-cuda-runtime-cu12')}, cuDNN ${version('nvidia-cudnn-cu12')})`, noGpu: null }
}
