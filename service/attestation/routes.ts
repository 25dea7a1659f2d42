import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseWith } from '../../verifier/json.ts'
import { Refusal } from '../http/refusal.ts'
import type { Bearer } from '../tokens/tokens.ts'
import type { Attestations } from './attestations.ts'
import { admittedSchema, attestSchema, challengeSchema } from './wire.ts'

const FOR_WORKERS = { config: { access: 'worker' } } as const

/** The routes by which workers attest their enclaves; `attestations`: undefined where the venue asks for none. */
export function addAttestationRoutes(
  app: FastifyInstance,
  attestations: Attestations | undefined,
  bearerOf: (request: FastifyRequest) => Bearer,
): void {
  const asked = () => {
    if (attestations !== undefined) return attestations
    throw new Refusal(409, 'WORKER_REFUSED', 'this venue asks for no attestation: start the worker without')
  }

  app.post('/worker/attestation/challenge', FOR_WORKERS, async (request) => {
    const { nonce, seconds } = asked().challenge(bearerOf(request))
    return challengeSchema.parse({ nonce: nonce.toString('base64'), seconds })
  })

  app.post('/worker/attestation', FOR_WORKERS, async (request) => {
    const { document } = parseWith(attestSchema, request.body, 'INPUT_INVALID', 'request')
    return admittedSchema.parse(await asked().admit(bearerOf(request), Buffer.from(document, 'base64')))
  })
}
