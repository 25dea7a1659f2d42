import { z } from 'zod'

/** What a document is asked for with, in base64, and for how many seconds that is good. */
export const challengeSchema = z.strictObject({ nonce: z.base64(), seconds: z.int().positive() })

/** A document as it came from the hypervisor, in base64. */
export const attestSchema = z.strictObject({ document: z.base64().max(48 << 10) })

/** Which image was attested, and for how many seconds it gets work. */
export const admittedSchema = z.strictObject({ image: z.string(), seconds: z.int().nonnegative() })
