import { type ExitStatement, exit } from '../circuits/exit/index.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { readExit, recordClaim } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { lotsTable } from './exit-options.ts'
import { nextStep } from './exit-steps.ts'
import { addKeyOptions, type KeyOptions } from './options.ts'
import { type ProofFile, readProofFile } from './proof-file.ts'
import { requireProof } from './require-proof.ts'
import { addSettlementOption } from './settlement-options.ts'
import { newVerb, type Verb } from './verb.ts'

interface ClaimOptions extends KeyOptions, ChainOptions {
  readonly proof: string
  readonly settlement: string
}

const DESCRIPTION = `Has what an account is owed recorded at a frozen venue, by its proof. The proof is checked here first, and the call is tried
before it is sent. Anybody may do it; only the account's owner is paid. ${SENDER_HELP}`

export const claimCommand: Verb = (run) =>
  addSettlementOption(
    addChainOptions(
      addKeyOptions(
        newVerb('claim', DESCRIPTION, [
          'zkclear exit claim --proof claim.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
        ]),
      ),
    ),
  )
    .requiredOption('--proof <file>', 'what "zkclear exit prove" wrote')
    .action(
      run(async ({ signal, onProgress }, options: ClaimOptions) => {
        const { settlement } = options
        const file = await readProofFile(options.proof)
        requireExit(file, options.proof)
        await requireProof(exit, file, options.proof, options)
        const statement = file.statement as ExitStatement
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        const proved = { proof: file.proof, statement }
        const { claims, inTime, ...sent } = await recordClaim({ signer, settlement, proved, signal, onProgress })
        const account = Number(statement.account)
        const next = nextStep(await readExit({ provider: signer.provider!, settlement, account }))
        return {
          document: { settlement, chainId, account, claims, inTime, ...sent, next },
          text: `${lotsTable([[`account ${account} claims`, claims]])}\n${next.text}`,
        }
      }),
    )

function requireExit({ circuit }: ProofFile, path: string): void {
  if (circuit === exit.name) return
  const message = `is a proof of ${circuit}; need one of ${exit.name}, which "zkclear exit prove" makes`
  throw new ZkclearError('INPUT_INVALID', message, { path })
}
