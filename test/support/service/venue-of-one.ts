import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { connect, deposit, mintPlay, registerAccount, registrationOf } from '../../../settlement/index.ts'
import { ALICE, startVenue } from '../node-venue.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

/** Secrets of the trader. */
export const SECRETS = { privateKey: new Uint8Array(32).fill(9), ownerSecret: 9n, viewKey: 1009n }

/**
 * What tests of `zkclear serve` begin with: the circuits' keys, a folder, and a chain with the contracts of a venue that has one trader, who
 * has so many lots of the quote asset to pay in. Closing `open` closes them, after what else was added to it.
 */
export async function venueOfOne({ lots, guardian }: { readonly lots: bigint; readonly guardian?: string }) {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  await using begun = new AsyncDisposableStack()
  const folder = begun.use(await temporaryDirectory())
  const chain = begun.use(await startVenue(guardian === undefined ? {} : { guardian }))
  const { rpcUrl, settlement } = chain
  using connection = await connect({ rpcUrl, privateKey: ALICE.key })
  const { signer } = connection
  const { account } = await registerAccount({ signer, settlement, registration: registrationOf(SECRETS) })
  await mintPlay({ signer, settlement, asset: 0, lots })
  return {
    ...{ open: begun.move(), folder, chain, account },
    /** What `startServe` is told of it. */
    target: { rpcUrl, settlement, folder: folder.path },
    /** Deposits so many lots. Of another sender than the operator, whose transactions are the venue's. */
    async pay(lots: bigint): Promise<void> {
      using connection = await connect({ rpcUrl, privateKey: ALICE.key })
      await deposit({ signer: connection.signer, settlement, account, asset: 0, lots })
    },
  }
}
