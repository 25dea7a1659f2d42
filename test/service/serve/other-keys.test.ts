import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { requireCircuit } from '../../../circuits/registry.ts'
import { BATCH_CIRCUITS, type BatchCircuit } from '../../../service/sequencer/batch-circuits.ts'
import { circuitsOfOtherKeys } from '../../../service/watcher/other-keys.ts'
import type { ContractAt } from '../../../settlement/contract-at.ts'
import { groth16Contract, groth16KeyWords } from '../../../verifier/groth16-contract.ts'
import type { VerificationKey } from '../../../verifier/index.ts'

const SIGNALS = ['dataCommitment', 'dataChallenge', 'dataValue']

/** A key of numbers that count up from that one: what is made of it proves nothing. */
function keyFrom(first: bigint): VerificationKey {
  let next = first
  const one = () => next++
  const g1 = () => [one(), one()] as const
  const g2 = () => [g1(), g1()] as const
  return { alpha: g1(), beta: g2(), gamma: g2(), delta: g2(), ic: [g1(), g1(), g1(), g1()] }
}

it('the words of a key are those that its verifier tells', () => {
  const parts = { definition: { name: 'x', template: 'X', publicSignals: SIGNALS }, name: 'XVerifier', guard: '' }
  const source = groth16Contract(keyFrom(1_000n), parts)
  const constants = new Map([...source.matchAll(/constant (\w+) =\s+(\d+);/g)].map(([, name, value]) => [name, value]))
  const told = [...source.matchAll(/words\[(\d+)\] = (\w+);/g)].map(([, , name]) => BigInt(constants.get(name)!))
  assert.equal(told.length, 22)
  assert.deepEqual(groth16KeyWords(keyFrom(1_000n)), told)
})

describe('the verifiers on the chain', () => {
  const keys = new Map(BATCH_CIRCUITS.map((name, i) => [name, keyFrom(BigInt(1 + 100 * i))]))
  const circuits = Object.fromEntries(
    BATCH_CIRCUITS.map((name) => [name, { definition: requireCircuit(name), vkey: keys.get(name)! }]),
  ) as unknown as Parameters<typeof circuitsOfOtherKeys>[1]
  const nameOf = (kind: number) => BATCH_CIRCUITS.find((name) => circuits[name].definition.settlementKind === kind)!

  /** An authority whose verifiers answer so; each is named by its circuit. */
  const authority = (call: (circuit: BatchCircuit, data: string) => Promise<string>) =>
    ({
      contract: {
        getFunction: () => ({ staticCall: async (kind: number) => ({ verifier: nameOf(kind) }) }),
        runner: { provider: { call: ({ to, data }: { to: BatchCircuit; data: string }) => call(to, data) } },
      },
    }) as unknown as ContractAt
  const told = (key: VerificationKey) => {
    return `0x${groth16KeyWords(key)
      .map((word) => word.toString(16).padStart(64, '0'))
      .join('')}`
  }

  it('have the keys of the circuits here, or are named', async () => {
    const asked = new Set<string>()
    const answers = (changed: (name: BatchCircuit) => VerificationKey) =>
      authority(async (name, data) => {
        asked.add(data)
        return told(changed(name))
      })
    assert.deepEqual(
      await circuitsOfOtherKeys(
        answers((name) => keys.get(name)!),
        circuits,
      ),
      [],
    )
    const others = answers((name) => (name === 'takeover' ? keys.get('deleverage')! : keys.get(name)!))
    assert.deepEqual(await circuitsOfOtherKeys(others, circuits), ['takeover'])
    assert.deepEqual([...asked], ['0x3943380c'])
  })

  it('that tell no key are named too, and a node that does not answer is no such verifier', async () => {
    const failing = (code: string) => authority(async () => Promise.reject(Object.assign(new Error('x'), { code })))
    assert.deepEqual(await circuitsOfOtherKeys(failing('CALL_EXCEPTION'), circuits), BATCH_CIRCUITS)
    const nothing = authority(async () => '0x')
    assert.deepEqual(await circuitsOfOtherKeys(nothing, circuits), BATCH_CIRCUITS)
    await assert.rejects(circuitsOfOtherKeys(failing('SERVER_ERROR'), circuits), { code: 'CHAIN_UNREACHABLE' })
  })
})
