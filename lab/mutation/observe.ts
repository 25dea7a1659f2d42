/**
 * Preloaded into a test file (`node --import`): writes down which constraints every assignment of its tests breaks, as one
 * JSON object a line, into the file that ZKCLEAR_OBSERVATIONS names.
 */
import { createHash } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { observeAssignments } from '../circuits/harness.ts'
import { MOST_BROKEN, MOST_VALUES, mostInputs, type Observation } from './observations.ts'

const file = process.env.ZKCLEAR_OBSERVATIONS
if (file !== undefined) {
  const seen = new Set<string>()
  const counts = new Map<string, number>()
  const lines: string[] = []
  observeAssignments((circuit, r1cs, value, broken) => {
    const { nOutputs, nPublic, nPrivateInputs, nConstraints, offsets, wires } = r1cs
    const told = (list: Iterable<number>) =>
      Object.fromEntries(
        [...new Set(list)].filter((wire) => value(wire) !== 0n).map((wire) => [wire, `${value(wire)}`]),
      )
    const kind = `${circuit} ${broken.length === 0}`
    const count = counts.get(kind) ?? 0
    const withInputs = count < mostInputs(nConstraints)
    if (!withInputs && (broken.length === 0 || broken.length > MOST_BROKEN)) return
    const few = broken.length <= MOST_VALUES ? broken : []
    const inputs = Array.from({ length: nPublic + nPrivateInputs - nOutputs }, (_, i) => nOutputs + 1 + i)
    const observation: Observation = {
      circuit,
      constraints: nConstraints,
      broken: [...broken],
      values: told(few.flatMap((row) => [...wires.subarray(offsets[3 * row], offsets[3 * row + 3])])),
      ...(withInputs && { inputs: told(inputs) }),
    }
    const line = JSON.stringify(observation)
    const hash = createHash('sha256').update(line).digest('hex')
    if (seen.has(hash)) return
    seen.add(hash)
    counts.set(kind, count + 1)
    lines.push(line)
  })
  process.on('exit', (code) => {
    if (code !== 0) return
    writeFileSync(`${file}.tmp`, lines.map((line) => `${line}\n`).join(''))
    renameSync(`${file}.tmp`, file)
  })
}
