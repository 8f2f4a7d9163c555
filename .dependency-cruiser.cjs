/**
 * The import rules of docs/ARCHITECTURE.md. Imports point one way:
 * shared <- store, compute <- learn <- papers and datasets, labels, noise, runs <- jobs <- api <- hosts.
 */
const main = (rooms) => `^src/main/(${rooms})/`
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to })
const order = [
  ['store', 'compute|learn|papers|datasets|labels|noise|runs|jobs|api|hosts'],
  ['compute', 'store|learn|papers|datasets|labels|noise|runs|jobs|api|hosts'],
  ['learn', 'store|papers|datasets|labels|noise|runs|jobs|api|hosts'],
  ['papers', 'jobs|api|hosts'],
  ['datasets|labels|noise|runs', 'papers|jobs|api|hosts'],
  ['jobs', 'api|hosts'],
  ['api', 'hosts']
]
module.exports = {
  forbidden: [
    forbid('no-circular', {}, { circular: true }, 'A cycle means two rooms that should be one, or a missing third.'),
    forbid('shared-stands-alone', { path: '^src/shared/' }, { path: '^src/(main|preload|renderer)/' }, 'The contract imports nothing of the rest.'),
    forbid('shared-runs-anywhere', { path: '^src/shared/', pathNot: '\\.test\\.ts$' }, { dependencyTypes: ['core'] }, 'The contract runs in a browser too.'),
    forbid('renderer-knows-only-the-contract', { path: '^src/renderer/' }, { path: '^src/(main|preload)/' }, 'The renderer talks through the contract.'),
    forbid('preload-is-a-bridge', { path: '^src/preload/' }, { path: '^src/(main|renderer)/' }, 'The preload only bridges.'),
    ...order.map(([from, to]) => forbid(`${from}-looks-down`, { path: main(from), pathNot: '\\.test\\.ts$' }, { path: main(to) }, 'Imports point one way, see docs/ARCHITECTURE.md.')),
    forbid('only-the-shell-knows-electron', { path: '^src/', pathNot: '^src/(main/hosts/electron|main/index\\.ts|preload/)' }, { path: '(^|node_modules/)electron(/|$)' }, 'Everything but the shell is free of Electron.'),
    forbid('only-store-knows-sqlite', { path: '^src/', pathNot: '^src/main/store/' }, { path: '(^|node_modules/)better-sqlite3' }, 'SQL lives in one room.'),
    forbid('only-compute-chooses-an-engine', { path: '^src/', pathNot: '^src/main/compute/' }, { path: '(^|node_modules/)@tensorflow/tfjs-(backend|node)' }, 'Models do not know what they run on.')
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.vue'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] }
  }
}
