import { Refusal } from '../http/refusal.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import { type LeaseBody, WIRE_VERSION } from './wire.ts'

/** Refuses a worker of another release before its message is read: the rest of it may mean something else. */
export function requireVersion(body: unknown): void {
  const { version } = Object(body) as { version?: unknown }
  if (version === WIRE_VERSION) return
  const given = typeof version === 'number' ? `version ${version}` : 'no version'
  const message = `the worker speaks ${given} of the protocol, and this venue version ${WIRE_VERSION}; run the same release of zkclear as the venue`
  throw new Refusal(409, 'WORKER_REFUSED', message)
}

/** Digests of the circuits that a worker may be given jobs of. Refuses a worker that has another form of one, or none of them. */
export function digestsFor({ circuits }: LeaseBody, served: readonly ServedCircuit[]): readonly string[] {
  const known = circuits.flatMap(({ circuit, profile, digest }) => {
    const ours = served.find(({ definition, profile: other }) => definition.name === circuit && other === profile)
    if (ours !== undefined && ours.digest !== digest) throw outdated(circuit, profile, digest, ours.digest)
    return ours === undefined ? [] : [digest]
  })
  if (known.length > 0) return known
  const ours = served.map(({ definition, profile }) => `${definition.name} (${profile})`).join(', ')
  throw new Refusal(409, 'WORKER_REFUSED', `the worker has none of the circuits of this venue, which are ${ours}`)
}

function outdated(circuit: string, profile: string, theirs: string, ours: string): Refusal {
  const digests = `${theirs.slice(0, 12)}, and this venue ${ours.slice(0, 12)}`
  const remedy = 'run the same release with the same keys, and "zkclear build"'
  return new Refusal(409, 'WORKER_REFUSED', `the worker's ${circuit} (${profile}) is ${digests}: ${remedy}`)
}
