import { resolve } from 'node:path'

/** The bench file a command line names (`--bench FILE`, or a path that ends in .weakbench), made absolute; null when it names none. */
export function benchArgument(argv: readonly string[], workingFolder: string): string | null {
  const option = argv.indexOf('--bench')
  const equals = argv.find((argument) => argument.startsWith('--bench='))?.slice('--bench='.length)
  const path = equals ?? (option >= 0 ? argv[option + 1] : argv.slice(1).find((argument) => !argument.startsWith('-') && argument.endsWith('.weakbench')))
  return path ? resolve(workingFolder, path) : null
}
