import type { ToWorker } from '../../jobs/protocol.ts'

/** A worker deep in a computation: begins a run, then computes without ever letting a message in. */
process.on('message', (message) => {
  if ((message as ToWorker).type !== 'start') return
  const run = { key: 'deep', name: 'deep', arm: 'naive', role: 'single', seed: 0, config: {} }
  process.send?.({ type: 'run-begin', run, engine: 'none', codeVersion: '0' }, undefined, undefined, () => {
    // Bounded, in case nobody is left to kill it.
    const end = performance.now() + 30_000
    while (performance.now() < end);
  })
})
