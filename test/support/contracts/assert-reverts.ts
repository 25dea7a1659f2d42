import assert from 'node:assert/strict'
import type { Interface } from 'ethers'

/** The call reverts with the named error of that interface and, where given, with these arguments. */
export async function assertReverts(
  call: Promise<unknown>,
  errors: Interface,
  name: string,
  args?: readonly unknown[],
): Promise<void> {
  const { data, message } = await failureOf(call, name)
  const revert = typeof data === 'string' ? errors.parseError(data) : null
  assert.equal(revert?.name, name, `expected ${name}, got ${revert?.name ?? message}`)
  if (args !== undefined) assert.deepEqual([...revert!.args], args)
}

/** The call reverts without any data, as Solidity does for calldata it cannot decode. */
export async function assertRevertsBare(call: Promise<unknown>): Promise<void> {
  const { data, message } = await failureOf(call, 'a revert without data')
  assert.equal(data, '0x', message)
}

async function failureOf(call: Promise<unknown>, expected: string): Promise<{ data?: unknown; message: string }> {
  return call.then(
    () => assert.fail(`the call went through; expected ${expected}`),
    (reason) => reason,
  )
}
