import Table from 'cli-table3'
import type { CaseResult, Entry } from './measure.ts'
import type { Machine } from './machine.ts'
import type { MissingPeer, Peer } from './peer.ts'

/** Everything a run of the benchmark found; `--json` prints it as it is. */
export interface Report {
  readonly benchmark: 'compute'
  readonly date: string
  readonly machine: Machine
  readonly effort: 'quick' | 'thorough'
  readonly peers: readonly Pick<Peer, 'name' | 'version' | 'device'>[]
  readonly missing: readonly MissingPeer[]
  readonly cases: readonly CaseResult[]
}

/** The report for people: a table for each training step, one for all products. */
export function reportText({ date, machine, effort, peers, missing, cases }: Report): string {
  const { processor, cores, memoryGiB, system, node, loadBefore } = machine
  const products = cases.filter(({ kind }) => kind === 'product')
  return [
    `Compute benchmark, ${date} (${effort})`,
    `${processor}, ${cores} cores, ${memoryGiB} GiB memory, ${system}, Node ${node}, load before the start ${loadBefore}`,
    ...peers.map(({ name, version, device }) => `  ${name}: ${version} (${device})`),
    ...missing.map(({ name, reason, remedy }) => `  ${name}: missing. ${reason} ${remedy}`),
    '',
    ...cases.flatMap((result) => (result.kind === 'product' ? [] : [`${result.title}   [${result.name}]`, stepTable(result.entries), ''])),
    ...(products.length === 0 ? [] : ['Matrix products, GFLOP/s (n as it is, t transposed)', productTable(products)])
  ].join('\n')
}

function stepTable(entries: readonly Entry[]): string {
  const table = tableOf(['', 'ms/step', 'fastest to slowest round', 'GFLOP/s', 'bench wasm is'])
  for (const entry of entries) {
    const name = entry.variant === '' ? entry.peer : `${entry.peer}, ${entry.variant}`
    if ('failed' in entry) table.push([name, { colSpan: 4, content: `not timed: ${entry.failed}`, hAlign: 'left' }])
    else table.push([name, digits(entry.ms), `${digits(entry.least)} to ${digits(entry.most)}`, digits(entry.gigaflops), ratio(entry.benchIsFaster)])
  }
  return table.toString()
}

function productTable(products: readonly CaseResult[]): string {
  const peers = [...new Set(products.flatMap(({ entries }) => entries.map(({ peer }) => peer)))]
  const table = tableOf(['', ...peers])
  for (const { title, entries } of products) {
    const cell = (entry: Entry | undefined): string => (entry && 'gigaflops' in entry ? digits(entry.gigaflops) : 'not timed')
    table.push([title.replace('Product ', ''), ...peers.map((peer) => cell(entries.find((entry) => entry.peer === peer)))])
  }
  return table.toString()
}

/** Left-aligned names, right-aligned numbers, no line between rows. */
function tableOf(head: string[]): Table.Table {
  return new Table({
    head,
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right'))
  })
}

const ratio = (faster: number | null): string => (faster === null ? '' : `${digits(faster)} x as fast`)

/** Three significant digits, never in powers of ten. */
const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))
