import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openBench } from './bench.ts'
import { Child } from './fixtures/child-process.ts'
import { addDataset, addRun } from './fixtures/sample-bench.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

const kills = 22

test(`killing the writer at ${kills} moments loses nothing that it had committed`, { timeout: 60_000 }, async () => {
  const path = join(temporaryFolder(), 'a.weakbench')
  const first = openBench(path, { create: true })
  const sourceId = first.labels.ensureSource(addDataset(first, { count: 60_000, shape: [1] }).id, 'annotator', 'me').id
  const runId = addRun(first).id
  first.close()
  let next = 0
  for (let kill = 0; kill < kills; kill++) {
    const child = new Child('./write-forever.ts', path, String(next), sourceId, runId)
    // Every fourth is killed while it opens the file, the others while they write.
    if (kill % 4 === 0) await sleep(100 + ((kill * 7) % 60))
    else await child.message().then(() => sleep((kill * 13) % 60))
    await child.kill()
    const reported = child.messages.flatMap((message) => ('round' in (message as object) ? [(message as { round: number }).round] : []))

    const bench = openBench(path)
    expect(bench.check()).toEqual([])
    const last = Math.max(next - 1, ...reported)
    const labels = bench.labels.current(sourceId, last + 2)
    for (const round of reported) expect(labels[round], `label of round ${round}`).toBe(round === last && labels[round] === 3 ? 3 : round % 10)
    const [loss] = bench.runs.metrics([runId], ['loss'])[0]?.series ?? []
    const { depth } = bench.journal.state().undo
    // A round is all there or not at all: as many points as journal entries as labelled rows (each round labels one new row, the first two).
    expect(loss?.steps.length).toBe(depth)
    expect(bench.labels.source(sourceId)?.labelled).toBe(depth === 0 ? 0 : depth + 1)
    expect(depth).toBeGreaterThanOrEqual(last + 1)
    next = depth
    bench.close()
  }
  expect(next).toBeGreaterThan(kills)
})
