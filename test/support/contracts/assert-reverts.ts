import assert from 'node:assert/strict'
import type { Interface } from 'ethers'

/** What ethers says of a call that reverted. */
interface CallException {
  code?: string
  revert?: { name: string; args: Iterable<unknown> } | null
  data?: string | null
}

/**
 * The call reverts with the named error and, where given, its arguments. `errors` is the interface of the contract that throws,
 * if it is not the one that was called.
 */
export async function assertReverts(
  call: Promise<unknown>,
  name: string,
  args?: readonly unknown[],
  errors?: Interface,
): Promise<void> {
  const error: CallException = await call.then(
    () => assert.fail(`the call went through; expected ${name}`),
    (reason) => reason,
  )
  const revert = error.revert ?? (error.data ? errors?.parseError(error.data) : undefined)
  assert.equal(revert?.name, name, `expected ${name}, got ${revert?.name ?? error}`)
  if (args !== undefined) assert.deepEqual([...revert.args], args)
}

/** The call reverts without any data, as Solidity does for calldata it cannot decode. */
export async function assertRevertsBare(call: Promise<unknown>): Promise<void> {
  const error: CallException = await call.then(
    () => assert.fail('the call went through; expected a revert without data'),
    (reason) => reason,
  )
  assert.equal(error.code, 'CALL_EXCEPTION')
  assert.ok(error.data === '0x' || error.data === null || error.data === undefined, `got data ${error.data}`)
}
