import { generateKeyPairSync, sign } from 'node:crypto'
import { logOrigin, NoteSigner } from '../../../service/log/note-signer.ts'

/** Signs heads of the log of a test, with a key of its own. */
export function testNotes(): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signer = {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    sign: async (message: Uint8Array) => sign(null, message, privateKey),
  }
  return new NoteSigner(signer, logOrigin({ chainId: 31_337n, settlement: `0x${'ab'.repeat(20)}`, epoch: 0n }))
}
