// A worker of toy circuits: argv[2] is the JSON of its options. Prints a line for each thing that happens; ends at SIGTERM.
import { writeSync } from 'node:fs'
import process from 'node:process'
import { runAttestationCommand } from '../../../cli/attestation-command.ts'
import { loadServedCircuit } from '../../../service/jobs/served-circuit.ts'
import { AttestedInputs } from '../../../service/worker/attested-inputs.ts'
import { ProveProcess } from '../../../service/worker/prove-process.ts'
import { VenueClient } from '../../../service/worker/venue-client.ts'
import { runWorker } from '../../../service/worker/worker.ts'
import { PRODUCT, SLOW } from '../toy-definitions.ts'

const { url, token, selection, graceMs, attestationProgram: program } = JSON.parse(process.argv[2]!)
const ended = new AbortController()
process.on('SIGTERM', () => ended.abort())
const say = (line: string) => writeSync(1, `${line}\n`)
const circuits = [
  await loadServedCircuit(PRODUCT, 'small', selection),
  await loadServedCircuit(SLOW, 'small', selection),
]
const child = new URL('./toy-prove-child.ts', import.meta.url).pathname
using prover = new ProveProcess({ profile: 'small', circuits: ['product', 'slow'], selection }, child)
const venue = new VenueClient({ url, token })
const attested =
  program && new AttestedInputs(venue, (request, signal) => runAttestationCommand(program, request, signal))
say('started')
await runWorker({
  ...{ venue, attested, prover, circuits, graceMs, memory: 1e12, signal: ended.signal },
  onTaken: ({ job }) => say(`took ${job}`),
  onProved: ({ job }) => say(`proved ${job}`),
  onWarning: say,
})
say('ended')
