import type { Signer } from 'ethers'
import { ownerCommitment, viewCommitment } from '../../protocol/account.ts'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import { requireAddress } from '../../protocol/address.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { FIELD, isUint } from '../../protocol/numbers.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { chainError } from '../chain-error.ts'
import type { Registration } from '../terms.ts'

export interface AccountSecretsOptions {
  readonly chainId: bigint
  /** Address of the Settlement. */
  readonly settlement: string
  /** Which of the owner's accounts, counted from 0 by the owner: two accounts of one wallet share no secret. Below 2^32. */
  readonly number: number
  /** How often the trading key was rotated. Any but 0 takes a second signature. Below 2^32; default 0. */
  readonly rotation?: number | undefined
}

/** What a wallet shows before it signs. */
const WARNING =
  'Whoever has this signature has the keys of this account: they read all that it ever does, and trade and withdraw in its name. Sign it in no program but the one that keeps your keys, and because no website asks for it.'

const TYPES = {
  AccountKeys: [
    { name: 'warning', type: 'string' },
    { name: 'number', type: 'uint32' },
    { name: 'rotation', type: 'uint32' },
  ],
}

/**
 * The secrets of an account from one signature of its owner's wallet (EIP-712), which names chain, contract and number: the same
 * wallet gives the same secrets whenever it is asked, so nothing but the wallet need be kept. It is asked twice, to see that it
 * does. The signature is hashed (HKDF-SHA256) into 32 bytes of trading key and two field elements, none of which tells anything of
 * the others.
 *
 * The signature is as secret as what follows from it. Whoever gets it by a trick can read the account's whole history and future,
 * for the view key never changes; trade, at a loss to an accomplice if they like, until margin stops them; sign withdrawals, which
 * pay the owner on chain and nobody else; and use up margin proofs. They cannot have themselves paid. `rotateKey` with the next
 * `rotation` takes trading from them, reading not.
 *
 * Throws INPUT_INVALID, also for a wallet whose signature is not its address's own, such as a contract's, and for one that
 * signs differently the second time: it could not have the secrets again. TRANSACTION_FAILED if the wallet does not sign, CHAIN_UNREACHABLE.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const { signer, chainId } = connection
 * const settlement = '0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0'
 * const secrets = await deriveAccountSecrets(signer, { chainId, settlement, number: 0 })
 */
export async function deriveAccountSecrets(signer: Signer, options: AccountSecretsOptions): Promise<AccountSecrets> {
  const { chainId, settlement, number, rotation = 0 } = options
  for (const [path, value] of Object.entries({ number, rotation })) {
    if (Number.isInteger(value) && isUint(BigInt(value), 32)) continue
    throw new ZkclearError('INPUT_INVALID', `got ${value}, need an integer in [0, 2^32)`, { path })
  }
  const domain = { name: 'zkclear', version: '1', chainId, verifyingContract: requireAddress(settlement, 'settlement') }
  const lasting = await seedOf(signer, domain, { number, rotation: 0 })
  const trading = rotation === 0 ? lasting : await seedOf(signer, domain, { number, rotation })
  return {
    privateKey: await expand(trading, 'trading key', 32),
    ownerSecret: await secretElement(lasting, 'owner secret'),
    viewKey: await secretElement(lasting, 'view key'),
  }
}

/** What such an account is registered with; nothing of the secrets can be told from it. */
export function registrationOf({ privateKey, ownerSecret, viewKey }: AccountSecrets): Registration {
  return {
    key: keyToRegister(tradingKey(privateKey)),
    ownerCommitment: ownerCommitment(ownerSecret),
    viewCommitment: viewCommitment(viewKey),
  }
}

/** The signature without what may differ between two of one wallet for one message: r and s, s in its lower form. */
async function seedOf(
  signer: Signer,
  domain: { readonly verifyingContract: string; readonly chainId: bigint },
  message: { readonly number: number; readonly rotation: number },
): Promise<Uint8Array> {
  const { getBytes, Signature, verifyTypedData } = await import('ethers')
  const value = { warning: WARNING, ...message }
  const sign = () =>
    signer.signTypedData(domain, TYPES, value).catch((cause) => {
      throw chainError(cause, "the wallet did not sign for the account's secrets")
    })
  const signed = await sign()
  const address = await signer.getAddress()
  let own = false
  try {
    own = verifyTypedData(domain, TYPES, value, signed) === address
  } catch {
    // A contract's signature has any form.
  }
  if (!own) {
    const message = `the signature is not that of ${address} itself; need a wallet with a key of its own, because a contract may sign differently another time`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'signer' })
  }
  const { r, s } = Signature.from(signed)
  const again = Signature.from(await sign())
  if (again.r !== r || again.s !== s) {
    const message = 'signs the same message differently each time, so secrets derived from it could not be had again'
    throw new ZkclearError('INPUT_INVALID', message, { path: 'signer' })
  }
  return getBytes(`${r}${s.slice(2)}`)
}

/** A field element other than 0, off uniform by less than 2^-129: it is reduced from half as many bits again. */
async function secretElement(seed: Uint8Array, use: string): Promise<bigint> {
  const wide = (await expand(seed, use, 48)).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return 1n + (wide % (FIELD - 1n))
}

/** HKDF-SHA256. */
async function expand(seed: Uint8Array, use: string, bytes: number): Promise<Uint8Array> {
  const text = (words: string) => new TextEncoder().encode(words)
  const key = await crypto.subtle.importKey('raw', new Uint8Array(seed), 'HKDF', false, ['deriveBits'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt: text('zkclear account secrets'), info: text(use) }
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * bytes))
}
