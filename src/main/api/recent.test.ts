import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openRecentList } from './recent.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weakbench-recent-'))
})

describe('the list of recent benches', () => {
  it('has the newest on top, each once, and says what is gone', () => {
    const recent = openRecentList(folder)
    writeFileSync(join(folder, 'b.weakbench'), '')
    recent.add('/gone/a.weakbench', 1)
    recent.add(join(folder, 'b.weakbench'), 2)
    recent.add('/gone/a.weakbench', 3)
    expect(recent.list()).toEqual([
      { path: '/gone/a.weakbench', name: 'a', openedAt: 3, exists: false },
      { path: join(folder, 'b.weakbench'), name: 'b', openedAt: 2, exists: true }
    ])
  })

  it('forgets, keeps at most 20, and is shared between instances', () => {
    const [one, other] = [openRecentList(folder), openRecentList(folder)]
    for (let index = 0; index < 30; index++) one.add(`/benches/${index}.weakbench`, index)
    other.forget('/benches/29.weakbench')
    expect(one.list().map(({ name }) => name)).toEqual(Array.from({ length: 19 }, (_, index) => String(28 - index)))
  })

  it('leaves no temporary file behind', () => {
    openRecentList(folder).add('/a.weakbench')
    expect(readdirSync(folder)).toEqual(['recent.json'])
  })

  it.each(['', '{', 'null', '{"path": 1}', '[{"path": 7}]', '[{"path": "/a"}]', '\u0000'])('reads a damaged file (%j) as empty and writes over it', (content) => {
    writeFileSync(join(folder, 'recent.json'), content)
    const recent = openRecentList(folder)
    expect(recent.list()).toEqual([])
    recent.add('/a.weakbench')
    expect(recent.list()).toHaveLength(1)
  })

  it('does without a folder that cannot be written', () => {
    writeFileSync(join(folder, 'file'), '')
    const recent = openRecentList(join(folder, 'file', 'state'))
    recent.add('/a.weakbench')
    expect(recent.list()).toEqual([])
  })
})
