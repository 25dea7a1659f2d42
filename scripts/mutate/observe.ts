/**
 * Preloaded into a test file (`node --import`): writes down which constraints every assignment of its tests breaks, as one
 * JSON object a line, into the file that ZKCLEAR_OBSERVATIONS names.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { observeAssignments } from '../../test/support/circuit-harness.ts'
import { MOST_BROKEN, MOST_HONEST, MOST_VALUES, type Observation } from './observations.ts'

const file = process.env.ZKCLEAR_OBSERVATIONS
if (file !== undefined) {
  const seen = new Set<string>()
  const honest = new Map<string, number>()
  const lines: string[] = []
  observeAssignments((circuit, r1cs, value, broken) => {
    if (broken.length > MOST_BROKEN) return
    const { nOutputs, nPublic, nPrivateInputs, offsets } = r1cs
    const wires = new Set<number>()
    if (broken.length === 0) {
      const count = honest.get(circuit) ?? 0
      if (count >= MOST_HONEST) return
      honest.set(circuit, count + 1)
      for (let wire = nOutputs + 1; wire <= nPublic + nPrivateInputs; wire++) wires.add(wire)
    } else if (broken.length <= MOST_VALUES) {
      for (const row of broken)
        for (const wire of r1cs.wires.subarray(offsets[3 * row], offsets[3 * row + 3])) wires.add(wire)
    }
    const known = [...wires].filter((wire) => value(wire) !== 0n).map((wire) => [wire, `${value(wire)}`])
    const observation: Observation = {
      circuit,
      constraints: r1cs.nConstraints,
      broken: [...broken],
      values: Object.fromEntries(known),
    }
    const line = JSON.stringify(observation)
    const hash = createHash('sha256').update(line).digest('hex')
    if (seen.has(hash)) return
    seen.add(hash)
    lines.push(line)
  })
  process.on('exit', () => writeFileSync(file, lines.map((line) => `${line}\n`).join('')))
}
