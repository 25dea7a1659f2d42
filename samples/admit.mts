/** Brings a margin proof to MarginGate: `node samples/admit.mts <proof file> <gate> <purpose> <since> <private key file> [rpc]`. */
import { readFile } from 'node:fs/promises'
import process, { argv } from 'node:process'
import { ZkclearError } from 'zkclear/protocol'
import { admit, connect } from 'zkclear/settlement'
import { proofFromJson } from 'zkclear/verifier'

const [proofFile, gate, purpose, since, keyFile, rpcUrl = 'http://127.0.0.1:8545'] = argv.slice(2)
if (
  proofFile === undefined ||
  gate === undefined ||
  purpose === undefined ||
  since === undefined ||
  keyFile === undefined
)
  throw new Error('need a proof file, the gate, the purpose, since when its state holds, and a file with a private key')

const { proof, statement } = JSON.parse(await readFile(proofFile, 'utf8'))
const field = (name: string) => BigInt(statement[name])
const proved = {
  proof: proofFromJson(proof),
  statement: {
    ...{ domain: field('domain'), stateRoot: field('stateRoot'), riskRoot: field('riskRoot') },
    ...{ ratioBps: field('ratioBps'), context: field('context'), nullifier: field('nullifier') },
  },
}
// Anybody may bring it and pays the gas; it counts for the account that was proved, which nobody learns.
using connection = await connect({ rpcUrl, privateKey: (await readFile(keyFile, 'utf8')).trim() })
try {
  const { signer } = connection
  const { transactionHash } = await admit({ signer, gate, purpose, proved, rootSince: BigInt(since) })
  console.log(`admitted in transaction ${transactionHash}`)
} catch (error) {
  // Such as a proof of a state that was superseded too long ago: the message says what to do.
  if (!(error instanceof ZkclearError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
