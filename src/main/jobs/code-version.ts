import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { packageRoot } from '../runs/package-root.ts'

/** Version of the code that a run was made with, from package.json. */
export const codeVersion: string = (JSON.parse(readFileSync(resolve(packageRoot, 'package.json'), 'utf8')) as { version: string }).version
