import { requireStateCircuit } from '../circuits/registry.ts'
import type { StateMoveStatement } from '../circuits/state/statement.ts'
import { loadArtifacts } from '../keys/load.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { settle } from '../settlement/settle.ts'
import { verify } from '../verifier/verify.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { addKeyOptions, addressOf, type KeyOptions } from './options.ts'
import { type ProofFile, readProofFile } from './proof-file.ts'
import { readJson } from './read-file.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface SettleOptions extends KeyOptions, ChainOptions {
  readonly proof: string
  readonly settlement: string
}

const DESCRIPTION = `Settles a proved batch: moves the state root of a Settlement from where the proof starts to where it leads.
The proof is checked here first, and the call is tried before it is sent, so nothing is paid for a proof that is false, not
the next one, too late or settled already. ${SENDER_HELP}
The sender needs no right: the proof is the permission.`

export const verb: Verb = (run) =>
  addChainOptions(
    addKeyOptions(
      newVerb('settle', DESCRIPTION, [
        'zkclear settle --proof proof.json --rpc http://127.0.0.1:8545 --settlement 0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0',
        'zkclear settle --proof proof.json --rpc https://... --settlement 0x... --private-key-file key.txt --json',
      ]),
    ),
  )
    .requiredOption('--proof <file>', 'what "zkclear prove" wrote, of a circuit that moves the state')
    .requiredOption(
      '--settlement <address>',
      'the Settlement that the batch was signed and proved for',
      addressOf('--settlement'),
    )
    .action(
      run(async ({ log, signal, onProgress }, options: SettleOptions) => {
        const file = await readProofFile(options.proof)
        const { circuit, proof } = file
        await requireTrue(file, options)
        const statement = file.statement as StateMoveStatement
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        log.info({ chainId: `${chainId}` }, 'connected')
        const { settlement } = options
        const settled = await settle({ signer, settlement, proved: { circuit, proof, statement }, signal, onProgress })
        const { oldStateRoot, newStateRoot, timestamp } = statement
        const { batch, transactionHash, blockNumber, gasUsed } = settled
        const table = tableText(
          ['batch', 'circuit', 'transaction', 'block', 'gas'],
          [[batch, circuit, transactionHash, blockNumber, gasUsed]],
        )
        return {
          document: { circuit, settlement, ...settled, oldStateRoot, newStateRoot, timestamp },
          text: `${table}\nstate root ${newStateRoot} on chain ${chainId}`,
        }
      }),
    )

/** Checks the proof under the key that the options name; whether it is that of the contracts, the contracts say. */
async function requireTrue(
  { circuit: name, profile, proof, statement }: ProofFile,
  options: KeyOptions,
): Promise<void> {
  const circuit = requireStateCircuit(name)
  const { files } = await loadArtifacts(circuit, profile, options)
  const vkey = await readJson(files.vkey, 'proof')
  if (await verify(circuit, proof, statement as StateMoveStatement, { vkey })) return
  const message = `the proof does not prove its statement under ${files.vkey}; nothing was sent. Prove the batch again, or name the keys that it was proved under`
  throw new ZkclearError('PROOF_INVALID', message)
}
