import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZkclearError } from '../../../protocol/errors.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../../protocol/state.ts'
import { requireBeginning } from '../../../service/serve/begin.ts'
import type { ContractAt } from '../../../settlement/contract-at.ts'

/** A Settlement of which this is to be read; all else is 0. */
function settlementWith(values: Readonly<Record<string, bigint>>): ContractAt {
  const contract = {
    runner: { provider: { getBlockNumber: async () => 1 } },
    getFunction: (name: string) => ({ staticCall: async () => values[name] ?? 0n }),
  }
  return {
    name: 'Settlement',
    address: '0x00',
    chainId: 31337n,
    contract: contract as unknown as ContractAt['contract'],
  }
}

const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ZkclearError && error.code === 'INPUT_INVALID' && message.test(error.message)

const rootOf = (profile: string) => stateRoot(emptyState(venueShape(profile)))

test('a journal begins with a Settlement of the profile that has no batch', async () => {
  await requireBeginning(settlementWith({ stateRoot: rootOf('small') }), 'small')
})

test('a Settlement of another profile is refused, and its own is named', async () => {
  const of = (stateRoot: bigint) => requireBeginning(settlementWith({ stateRoot }), 'standard')
  await assert.rejects(of(rootOf('small')), refused(/give --profile small$/))
  await assert.rejects(of(5n), refused(/empty state of the profile standard: its root is 5$/))
})

test('a Settlement that has batches is refused, with the options that name their data', async () => {
  const at = settlementWith({ stateRoot: rootOf('small'), batchCount: 3n })
  const advice = /^settlement: has 3 batches already, .*\(--data, --database-file\), or a Settlement without batches/
  await assert.rejects(requireBeginning(at, 'small'), refused(advice))
  const one = settlementWith({ stateRoot: rootOf('small'), batchCount: 1n })
  await assert.rejects(requireBeginning(one, 'small'), refused(/has 1 batch already/))
})
