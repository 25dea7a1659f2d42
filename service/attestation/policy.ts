import { z } from 'zod'
import { decodeWith, fileHead } from '../../venue/files/schema.ts'

/** Which enclaves a venue gives work to. */
export interface AttestationPolicy {
  /** sha256 of the certificate, DER, that all chains begin with, in hex. */
  readonly root: string
  /** An enclave has to measure one of them. */
  readonly images: readonly AllowedImage[]
  /** For how long an enclave that was attested gets work, in seconds. */
  readonly seconds: number
}

export interface AllowedImage {
  readonly name: string
  /** Hex of 48 bytes, by the number of the register; 0 is among them. */
  readonly pcrs: ReadonlyMap<number, string>
}

const HOUR = 3_600
const MOST_IMAGES = 64

const pcr = z
  .string('must be 48 bytes in hex')
  .regex(/^[0-9a-f]{96}$/, 'must be 48 bytes in hex, in small letters')
  .refine((value) => /[^0]/.test(value), 'is all zeros, which is what an enclave in debug mode measures')

const image = z.strictObject({
  name: z.string('must be text').min(1, 'must not be empty').max(64, 'must have 64 characters at most'),
  pcrs: z
    .record(z.string().regex(/^([0-9]|[12][0-9]|3[01])$/, 'must be numbers of registers, 0 to 31'), pcr)
    .refine((pcrs) => pcrs['0'] !== undefined, 'must have 0, which measures the image'),
})

const policyFile = z.strictObject({
  version: fileHead.version,
  root: z.string('must be a sha256').regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex, in small letters'),
  images: z
    .array(image, 'must be a list of { "name", "pcrs" }')
    .min(1, 'must name an image')
    .max(MOST_IMAGES, `must name ${MOST_IMAGES} images at most`),
  seconds: z
    .int('must be an integer')
    .min(300, 'must be at least 300')
    .max(24 * HOUR, `must be at most ${24 * HOUR}`)
    .default(HOUR),
})

/** The policy in a file's JSON. Throws INPUT_INVALID, naming the field. */
export function decodePolicy(json: unknown): AttestationPolicy {
  const { root, images, seconds } = decodeWith(policyFile, json, 'INPUT_INVALID', 'policy')
  return {
    ...{ root, seconds },
    images: images.map(({ name, pcrs }) => ({
      name,
      pcrs: new Map(Object.entries(pcrs).map(([index, value]) => [Number(index), value])),
    })),
  }
}
