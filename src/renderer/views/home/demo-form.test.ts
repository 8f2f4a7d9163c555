import { describe, expect, it } from 'vitest'
import { defaultDraft, parseDraft } from './demo-form.ts'

describe('the form of the weak-to-strong experiment', () => {
  it('starts with a valid configuration: the contract\u2019s defaults', () => {
    const { config } = parseDraft(defaultDraft())
    expect(config).toMatchObject({ task: 'parity', teacherLabels: 1000, seeds: [0, 1, 2, 3, 4, 5, 6, 7], engine: 'auto' })
  })
  it('names the field of every mistake', () => {
    const { config, errors } = parseDraft({ ...defaultDraft(), seeds: 'x', teacherLabels: '10', confidenceWeight: '', studentLevel: '2.5' })
    expect(config).toBeNull()
    expect(Object.keys(errors ?? {}).sort()).toEqual(['confidenceWeight', 'seeds', 'studentLevel', 'teacherLabels'])
  })
  it('says the bound that was crossed', () => {
    const { errors } = parseDraft({ ...defaultDraft(), teacherLabels: '5', confidenceWeight: '1.5', headSteps: '1.5' })
    expect(errors).toMatchObject({ teacherLabels: 'At least 200.', confidenceWeight: 'At most 1.', headSteps: 'A whole number is needed.' })
  })
  it('refuses a seed given twice', () => {
    expect(parseDraft({ ...defaultDraft(), seeds: '1, 0-2' }).errors).toHaveProperty('seeds')
  })
})
