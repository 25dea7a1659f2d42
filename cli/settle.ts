import { Option } from 'commander'
import { requireStateCircuit } from '../circuits/registry.ts'
import type { StateMoveStatement } from '../circuits/state/statement.ts'
import type { StateProof } from '../settlement/batch-arguments.ts'
import { type Outcome, settleInOrder } from '../settlement/settle-in-order.ts'
import { addChainOptions, type ChainOptions, connectSender, fromBlockOption, SENDER_HELP } from './chain-options.ts'
import { addKeyOptions, addressOf, integerBetween, type KeyOptions } from './options.ts'
import { readProofFile } from './proof-file.ts'
import { requireProof } from './require-proof.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface SettleOptions extends KeyOptions, ChainOptions {
  readonly proof: readonly string[]
  readonly settlement: string
  readonly fromBlock: bigint
  readonly atOnce: bigint
}

/** More would come near what chains take as one transaction. */
const MOST_AT_ONCE = 32
const atOnce = integerBetween('--at-once', 1n, BigInt(MOST_AT_ONCE))

const DESCRIPTION = `Settles proved batches, one after the other: each moves the state root of a Settlement from where its proof starts to
where it leads, and a cash batch the money with it. Batches that are settled already are passed over, so a run that was
interrupted is run again as it was. The proofs are checked here first, and each call is tried before it is sent, so nothing is
paid for a proof that is false, not the next one or too late. --at-once settles several by one transaction, all of them or
none, for less gas each: the proofs cost one pairing together. ${SENDER_HELP}
The sender must be the operator.`

export const verb: Verb = (run) =>
  addChainOptions(
    addKeyOptions(
      newVerb('settle', DESCRIPTION, [
        'zkclear settle --proof proof.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
        'zkclear settle --proof proof.json --rpc https://... --settlement 0x... --private-key-file key.txt --json',
      ]),
    ),
  )
    .requiredOption('--proof <file...>', 'what "zkclear prove" wrote, of circuits that move the state, in order')
    .requiredOption(
      '--settlement <address>',
      'the Settlement that the batches were signed and proved for',
      addressOf('--settlement'),
    )
    .addOption(fromBlockOption())
    .addOption(
      new Option('--at-once <batches>', `how many batches a transaction settles, at most ${MOST_AT_ONCE}`)
        .argParser(atOnce)
        .default(1n, '1'),
    )
    .action(
      run(async ({ log, signal, onProgress }, options: SettleOptions) => {
        const files = await Promise.all(options.proof.map(readProofFile))
        const proofs: StateProof[] = []
        for (const [i, file] of files.entries()) {
          await requireProof(requireStateCircuit(file.circuit), file, options.proof[i]!, options)
          const { circuit, proof } = file
          proofs.push({ circuit, proof, statement: file.statement as StateMoveStatement })
        }
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        log.info({ chainId: `${chainId}` }, 'connected')
        const { settlement } = options
        const [fromBlock, atOnce] = [options.fromBlock, options.atOnce].map(Number) as [number, number]
        const outcomes: Outcome[] = []
        const given = { signer, settlement, proofs, fromBlock, atOnce, signal, onProgress }
        for await (const outcome of settleInOrder(given)) {
          log.info({ proof: options.proof[outcome.index], settled: outcome.settled }, 'batch')
          outcomes.push(outcome)
        }
        const batches = outcomes.map(({ index, settled, ...rest }) => {
          const { circuit, statement } = proofs[index]!
          const { oldStateRoot, newStateRoot, timestamp } = statement
          return { proof: options.proof[index]!, circuit, settled, ...rest, oldStateRoot, newStateRoot, timestamp }
        })
        const rows = outcomes.map((outcome) => {
          const { circuit } = proofs[outcome.index]!
          if (outcome.settled === 'before')
            return [options.proof[outcome.index]!, circuit, 'settled before', '', '', '', '']
          const { batch, transactionHash, blockNumber, together, gasUsed } = outcome
          return [options.proof[outcome.index]!, circuit, batch, transactionHash, blockNumber, together, gasUsed]
        })
        const heads = ['proof', 'circuit', 'batch', 'transaction', 'block', 'batches in it', 'gas of it']
        const table = tableText(heads, rows)
        const { newStateRoot } = proofs.at(-1)!.statement
        return {
          document: { settlement, chainId, batches },
          text: `${table}\nstate root ${newStateRoot} on chain ${chainId}`,
        }
      }),
    )
