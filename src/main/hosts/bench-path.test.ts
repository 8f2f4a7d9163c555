import { describe, expect, it } from 'vitest'
import { places } from './bench-path.ts'

describe('places', () => {
  it.each([
    ['linux', {}, '/home/ada/.local/state/weakbench'],
    ['linux', { XDG_STATE_HOME: '/state' }, '/state/weakbench'],
    ['darwin', { XDG_STATE_HOME: '/state' }, '/home/ada/Library/Application Support/Weakbench'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/Weakbench']
  ] as const)('on %s with %o keeps state in %s', (platform, env, stateFolder) => {
    expect(places(env, platform, '/home/ada')).toEqual({
      documents: '/home/ada/Weakbench',
      benchPath: '/home/ada/Weakbench/My bench.weakbench',
      stateFolder
    })
  })

  it('moves all of them with WEAKBENCH_HOME', () => {
    expect(places({ WEAKBENCH_HOME: '/portable' }, 'linux', '/home/ada')).toEqual({
      documents: '/portable',
      benchPath: '/portable/My bench.weakbench',
      stateFolder: '/portable/state'
    })
  })
})
