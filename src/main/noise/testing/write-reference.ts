/**
 * Writes the answers of the reference implementation beside this file: `node write-reference.ts PYTHON`, PYTHON having cleanlab.
 * Which of equal keys NumPy's sorts put first depends on the processor: it must have AVX2, as nearly every x86-64 processor has.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { annotatorCases, confidentCases, drawAnnotatorCase, drawConfidentCase } from './reference-cases.ts'

const python = process.argv[2] ?? 'python3'
const folder = mkdtempSync(join(tmpdir(), 'weakbench-reference-'))
const [inputs, answers] = [join(folder, 'inputs.json'), join(folder, 'answers.json')]
const confident = confidentCases.map((shape) => {
  const { labels, probabilities } = drawConfidentCase(shape)
  return { name: shape.name, labels: [...labels], probabilities: [...probabilities] }
})
const annotators = annotatorCases.map((shape) => {
  const { votes, model, unlabelled } = drawAnnotatorCase(shape)
  return { name: shape.name, classes: shape.classes, votes: votes.map((column) => [...column]), probabilities: [...model.probabilities], unlabelled: [...unlabelled.probabilities] }
})
writeFileSync(inputs, JSON.stringify({ confident, annotators }))
execFileSync(python, [join(import.meta.dirname, 'cleanlab_reference.py'), inputs, answers], { env: { ...process.env, PYTHONWARNINGS: 'ignore' }, stdio: ['ignore', 'inherit', 'inherit'] })
const { version, ...result } = JSON.parse(readFileSync(answers, 'utf8')) as { version: string; confident: object[]; annotators: object[] }
rmSync(folder, { recursive: true })
const write = (name: string, list: readonly object[]): void =>
  writeFileSync(join(import.meta.dirname, name), `{"cleanlab":${JSON.stringify(version)},"cases":[\n${list.map((entry) => JSON.stringify(entry)).join(',\n')}\n]}\n`)
write('confident-learning.json', result.confident)
write('annotators.json', result.annotators)
