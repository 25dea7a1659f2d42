import { acceptOwner, offerOwner } from '../settlement/index.ts'
import { addOwnerOptions, type OwnerOptions, ownerCall } from './account-options.ts'
import { connectSender, SENDER_HELP } from './chain-options.ts'
import { addressOf } from './options.ts'
import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

interface OfferOptions extends OwnerOptions {
  readonly to: string
}

const NOBODY = 'nobody'

const OFFER = `Offers the account to another owner, who has to accept and has it an hour later. "--to nobody" takes an offer back, and a
change that has not taken effect. Only the account's owner may. ${SENDER_HELP}`

export const offerCommand: Verb = (run) =>
  addOwnerOptions(
    newVerb('offer', OFFER, [
      'zkclear account offer --account 3 --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
      'zkclear account offer --account 3 --to nobody --rpc https://... --settlement 0x... --private-key-file key.txt',
    ]),
  )
    .requiredOption('--to <address>', `who may take it over, or "${NOBODY}"`, (text) =>
      text === NOBODY ? NOBODY : addressOf('--to')(text),
    )
    .action(
      run(async (session, options: OfferOptions) => {
        using connection = await connectSender(options)
        const to = options.to === NOBODY ? undefined : options.to
        const confirmation = await offerOwner({ ...ownerCall(session, connection, options), to })
        const { settlement, account } = options
        const text = `account ${account} is offered to ${options.to}; transaction ${confirmation.transactionHash}`
        const document = { settlement, chainId: connection.chainId, account: Number(account), to: to ?? null }
        return { document: { ...document, ...confirmation }, text }
      }),
    )

const ACCEPT = `Takes over an account that its owner offered to the sender: it is the sender's an hour later. The keys that trade for it are
not changed by that: rotate them. ${SENDER_HELP}`

export const acceptCommand: Verb = (run) =>
  addOwnerOptions(
    newVerb('accept', ACCEPT, [
      'zkclear account accept --account 3 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
    ]),
  ).action(
    run(async (session, options: OwnerOptions) => {
      using connection = await connectSender(options)
      const accepted = await acceptOwner(ownerCall(session, connection, options))
      const { transactionHash, blockNumber, gasUsed, from } = accepted
      const table = tableText(['transaction', 'block', 'gas'], [[transactionHash, blockNumber, gasUsed]])
      const text = `${table}\naccount ${options.account} is the sender's from ${timeText(from)} on`
      return { document: { settlement: options.settlement, chainId: connection.chainId, ...accepted }, text }
    }),
  )
