import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeMachine } from './machine.ts'
import { measureCase, quick, thorough } from './measure.ts'
import type { CaseResult } from './measure.ts'
import { cases } from './cases.ts'
import { parseOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { startPeer } from './peer.ts'
import type { MissingPeer, Peer } from './peer.ts'
import { peerCommands } from './peers.ts'
import { reportText } from './report.ts'
import type { Report } from './report.ts'

/** `benchmark compute`: measures and prints the report; what goes on meanwhile is told on stderr. */
export async function compute(args: readonly string[]): Promise<void> {
  const options = parseOptions(args)
  if (options.help) console.log(usage)
  else if (options.list) cases.forEach(({ name, title }) => console.log(`${name.padEnd(28)} ${title}`))
  else {
    const report = await measure(options)
    console.log(options.json ? JSON.stringify(report) : reportText(report))
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const

async function measure(options: Options): Promise<Report> {
  const machine = describeMachine()
  const folder = mkdtempSync(join(tmpdir(), 'weakbench-benchmark-'))
  const peers: Peer[] = []
  const missing: MissingPeer[] = []
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  const abandon = (): void => {
    tell('Interrupted: nothing is reported.')
    // Peers end by themselves once nobody asks them.
    clear()
    process.exit(130)
  }
  signals.forEach((signal) => process.once(signal, abandon))
  try {
    for (const command of peerCommands(options.python, options.threads, options.gpu)) {
      tell(`Starting ${command.name} ...`)
      const started = await startPeer(command)
      if ('ask' in started) peers.push(started)
      else missing.push(started)
    }
    const results: CaseResult[] = []
    for (const [i, chosen] of options.chosen.entries()) {
      tell(`${i + 1} of ${options.chosen.length}: ${chosen.title} ...`)
      results.push(await measureCase(chosen, peers, folder, options.quick ? quick : thorough))
    }
    return {
      benchmark: 'compute',
      date: new Date().toISOString(),
      machine,
      effort: options.quick ? 'quick' : 'thorough',
      peers: peers.map(({ name, version, device }) => ({ name, version, device })),
      missing,
      cases: results
    }
  } finally {
    signals.forEach((signal) => process.removeListener(signal, abandon))
    peers.forEach((peer) => peer.stop())
    clear()
  }
}

const tell = (sentence: string): void => console.error(sentence)
