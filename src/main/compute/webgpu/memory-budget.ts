import { readdirSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { AdapterKind } from './adapters.ts'

const gibibyte = 2 ** 30

/** What a discrete card is taken to have where the system does not say: the least that cards of recent years carry. */
const assumedCardBytes = 4 * gibibyte

/** Where the drivers of Linux tell the memory of each card, in bytes. */
const cardsFolder = '/sys/class/drm'

export interface BudgetFacts {
  /** Memory of the machine, in bytes. */
  readonly machineBytes: number
  /** Memory of the largest card, in bytes, or null where the system does not say. */
  readonly cardBytes: number | null
  /** What the person allows (`WEAKBENCH_GPU_MEMORY`, in MiB), in bytes, or null. */
  readonly allowedBytes: number | null
}

/**
 * The bytes that tensors and their buffers may take on a device: what the person allows; otherwise three quarters of a card's
 * own memory, or half of the machine's where the device shares it. WebGPU does not tell how much memory there is, and a
 * driver asked for more than it has may take the whole process down.
 */
export function memoryBudget(kind: AdapterKind, facts: BudgetFacts = machineFacts()): number {
  if (facts.allowedBytes !== null) return facts.allowedBytes
  if (kind === 'discrete') return Math.floor((facts.cardBytes ?? assumedCardBytes) * 0.75)
  return Math.floor(facts.machineBytes / 2)
}

function machineFacts(): BudgetFacts {
  const allowed = Number(process.env['WEAKBENCH_GPU_MEMORY'])
  const machineBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity)
  return { machineBytes, cardBytes: cardBytes(), allowedBytes: allowed > 0 ? allowed * 2 ** 20 : null }
}

function cardBytes(): number | null {
  try {
    const sizes = readdirSync(cardsFolder).map((card) => sizeOf(join(cardsFolder, card, 'device', 'mem_info_vram_total')))
    const largest = Math.max(...sizes)
    return largest > 0 ? largest : null
  } catch {
    return null
  }
}

function sizeOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return 0
  }
}

/** The refusal of an allocation, before the driver is asked. All sizes in bytes. */
export function overBudget(wanted: number, used: number, budget: number): BenchError {
  return new BenchError('out-of-memory', `The GPU's memory does not suffice: ${mebibytes(wanted)} more were asked for, beside ${mebibytes(used)} of ${mebibytes(budget)} in use.`, {
    hint: 'Use a smaller batch or model or another engine; WEAKBENCH_GPU_MEMORY=<MiB> sets another limit.'
  })
}

/** The refusal of one tensor that is larger than the device takes. */
export function overLimit(wanted: number, limit: number): BenchError {
  return new BenchError('out-of-memory', `A tensor of ${mebibytes(wanted)} is larger than this GPU takes (${mebibytes(limit)}).`, { hint: 'Use a smaller batch or model, or another engine.' })
}

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`
