import { suite, test } from 'node:test'
import { readLies } from '../../lab/mutation/lie-file.ts'
import { TRACED_CIRCUITS } from '../../lab/tracing/traced-circuit.ts'
import { assertRefused, lyingCircuit } from '../support/tell-lies.ts'

const lies = await readLies()

suite('every statement that assigns a signal is needed: a lie there is refused by nothing else', () => {
  for (const name of TRACED_CIRCUITS.keys()) {
    const all = lies.filter(({ circuit }) => circuit === name)
    test(`in ${name}: ${all.length} signals`, async () => assertRefused(await lyingCircuit(name), all))
  }
})
