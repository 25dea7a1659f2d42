import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { programFile } from '../../../circom/witness-program/program-file.ts'
import { wires } from '../../../circom/witness-wires.ts'
import type { CircuitInput } from '../../../circuits/types.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../../lab/circuits/gadget.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { NativePath } from '../../../prover/native/addon.ts'
import { NativeProgram } from '../../../prover/native/witness.ts'
import { interpret } from '../../circom/witness-program/interpret.ts'
import { loadTestAddon } from '../../support/native-addon.ts'
import { inputsOf, type ProgramCase, programCase } from '../../support/witness-programs.ts'

const addon = await loadTestAddon()
const element = fc.oneof(fc.bigInt({ min: 0n, max: FIELD - 1n }), fc.bigInt({ min: 0n, max: 1500n }))

async function gadgetCase(
  template: string,
  args: readonly number[],
  shapes: Record<string, number[]>,
  source?: string,
) {
  return await programCase(gadgetDefinition(template, args, shapes, source), GADGET_ROOTS)
}

const upTo = (bits: number) =>
  fc.integer({ min: 0, max: bits }).chain((most) => fc.bigInt({ min: 0n, max: (1n << BigInt(most)) - 1n }))

const DIVIDE = await gadgetCase('DivideProbe', [1000, 40], { in: [] })
const OPTION_SHAPES = { forward: [], strike: [], deviation: [], isPut: [] }
const BLACK = await gadgetCase('BlackProbe', [48, 35], OPTION_SHAPES, 'pricing.circom')
const OPTION = { forward: 40_000n, strike: 41_000n, deviation: 1n << 31n, isPut: 1n }
const CASES: readonly { name: string; circuit: ProgramCase; inputs: fc.Arbitrary<CircuitInput>; runs: number }[] = [
  { name: 'divisions', circuit: DIVIDE, inputs: fc.record({ in: element }), runs: 300 },
  {
    name: 'one place among many',
    circuit: await gadgetCase('SelectProbe', [5], { index: [], enabled: [], values: [5] }),
    inputs: fc.record({
      index: fc.bigInt({ min: 0n, max: 6n }),
      enabled: fc.bigInt({ min: 0n, max: 2n }),
      values: fc.array(element, { minLength: 5, maxLength: 5 }),
    }),
    runs: 300,
  },
  {
    name: 'a multiple of a key',
    circuit: await gadgetCase('TimesChallengeProbe', [], { h: [], key: [2] }, 'signature.circom'),
    inputs: fc.record({ h: element, key: fc.tuple(element, element).map((pair) => [...pair]) }),
    runs: 40,
  },
  {
    name: 'roots',
    circuit: await gadgetCase('RootProbe', [48], { in: [] }, 'pricing.circom'),
    inputs: fc.record({
      in: fc.oneof(
        upTo(48),
        upTo(24).map((x) => x * x),
        element,
      ),
    }),
    runs: 300,
  },
  {
    name: 'logarithms',
    circuit: await gadgetCase('LogarithmProbe', [48], { in: [] }, 'pricing.circom'),
    inputs: fc.record({ in: fc.oneof(upTo(49), element) }),
    runs: 300,
  },
  {
    name: 'options',
    circuit: BLACK,
    inputs: fc.record({ forward: upTo(48), strike: upTo(48), deviation: upTo(35), isPut: upTo(1) }),
    runs: 40,
  },
]

for (const path of addon.paths()) {
  suite(`the native runner of witness programs, path ${path}`, () => {
    for (const { name, circuit, inputs, runs } of CASES) {
      test(`gives what the interpreter gives: ${name}`, async () => {
        const native = new NativeProgram(addon, path, programFile(circuit.program))
        await fc.assert(
          fc.asyncProperty(inputs, async (input) => {
            const witness = await native.run(circuit.flat(input))
            const expected = interpret(circuit.program, inputsOf(circuit.program, circuit.flat(input)))
            assert.deepEqual(witness && wires(witness), expected)
          }),
          { numRuns: runs },
        )
      })
    }
  })
}

suite('a witness program that was tampered with', () => {
  for (const [of, { program, flat: flatten }, input] of [
    ['divisions', DIVIDE, { in: 12_345n }],
    ['options', BLACK, OPTION],
  ] as const)
    test(`is refused with a typed error, or runs within its bounds, in three thousand ways: ${of}`, async () => {
      const original = programFile(program)
      const flat = flatten(input)
      const view = new DataView(original.buffer)
      const [constants, code] = [view.getUint32(20, true), view.getUint32(24, true)]
      const codeAt = 32 + 32 * constants
      const lies = [0, 1, 2, 7, 0xff, 0xffff, 0x10000, 2 ** 24, 2 ** 31, 2 ** 32 - 1]
      const outcomes = { refused: 0, ran: 0 }
      let state = 11
      const random = (limit: number) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return Math.floor((state / 2 ** 32) * limit)
      }
      const mutations: ((file: Uint8Array<ArrayBuffer>) => Uint8Array)[] = [
        (file) => file.subarray(0, random(file.length)),
        (file) => {
          file[random(file.length)]! ^= 1 << random(8)
          return file
        },
        (file) => {
          new DataView(file.buffer).setUint32(4 * random(8), lies[random(lies.length)]!, true)
          return file
        },
        (file) => {
          new DataView(file.buffer).setUint32(codeAt + 4 * random(code), lies[random(lies.length)]!, true)
          return file
        },
        (file) => {
          const at = codeAt + 4 * random(code)
          new DataView(file.buffer).setUint32(at, view.getUint32(codeAt + 4 * random(code), true), true)
          return file
        },
      ]
      for (let i = 0; i < 3000; i++) {
        const file = mutations[i % mutations.length]!(Uint8Array.from(original))
        try {
          await new NativeProgram(addon, addon.paths()[0]!, file).run(flat)
          outcomes.ran++
        } catch (error) {
          assert.equal((error as { code: string }).code, 'ARTIFACT_CORRUPT')
          outcomes.refused++
        }
      }
      assert.ok(outcomes.refused > 1000 && outcomes.ran > 100, JSON.stringify(outcomes))
    })

  for (const [what, change, reason] of [
    [
      'reads a slot before it is written',
      (view: DataView, code: number) => view.setUint32(code + 4, 0xfffff, true),
      /slot/,
    ],
    ['counts more words than it has', (view: DataView) => view.setUint32(24, 2 ** 30, true), /not as long as it says/],
    [
      'leaves a wire unwritten',
      (view: DataView) => view.setUint32(8, view.getUint32(12, true) + 1, true),
      /number of slots/,
    ],
    ['has another version', (view: DataView) => view.setUint32(4, 2, true), /version 2/],
  ] as const) {
    test(`is refused where it ${what}`, () => {
      const file = programFile(DIVIDE.program)
      const view = new DataView(file.buffer)
      change(view, 32 + 32 * view.getUint32(20, true))
      assert.throws(
        () => new NativeProgram(addon, 'portable' satisfies NativePath, file),
        (error: Error) => {
          return (error as { code?: string }).code === 'ARTIFACT_CORRUPT' && reason.test(error.message)
        },
      )
    })
  }

  test('an input that is no field element has no witness', async () => {
    const native = new NativeProgram(addon, 'portable', programFile(DIVIDE.program))
    const values = new Uint8Array(32).fill(0xff).buffer
    assert.equal(await native.run({ signals: [{ name: 'in', size: 1 }], values }), undefined)
    assert.equal(await native.run({ signals: [{ name: 'other', size: 1 }], values: new ArrayBuffer(32) }), undefined)
  })
})
