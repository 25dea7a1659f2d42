import type { TradingKey } from '../../protocol/account.ts'
import { checkSignature, type Signed } from '../sequencer/signatures.ts'
import { answerAsked } from '../threads/answer-asked.ts'

/** Signatures to check, each under the key beside it. */
export interface SignaturesAsked {
  readonly domain: bigint
  readonly checks: readonly { readonly signed: Signed; readonly key: TradingKey }[]
}

/** Whether each holds; undefined of one that cannot be checked: what is malformed is told before anybody looks at its signature. */
export type SignaturesAnswer = readonly (boolean | undefined)[]

answerAsked<SignaturesAsked, SignaturesAnswer>(({ domain, checks }) => {
  return { answer: checks.map(({ signed, key }) => holds(signed, domain, key)) }
})

/** One that fails is nobody else's loss. */
function holds(signed: Signed, domain: bigint, key: TradingKey): boolean | undefined {
  try {
    return checkSignature(signed, domain, key)
  } catch {
    return undefined
  }
}
