import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tellObservers } from '../../../lab/circuits/harness.ts'
import { inputWires } from '../../../lab/circuits/named-system.ts'
import { firstBatch, quadrupleBatch, sweepBatch } from '../../../lab/instances/busy-batches.ts'
import { tradeBatchInput } from '../../../lab/instances/honest-inputs.ts'
import { fiveStepBatch } from '../../../lab/instances/odd-batches.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { lyingCircuit } from '../../support/tell-lies.ts'

const { mutants, laboratory } = await lyingCircuit('trade-batch')
const { traced } = laboratory
const { r1cs, symbols } = traced.system

/** The signals that an instruction assigns in all its instances, in order. */
function targets(template: string, instruction: string, detail: string) {
  const mutant = mutants.find(
    (each) =>
      each.instruction.template === template && each.instruction.text.startsWith(instruction) && each.detail === detail,
  )!
  return mutant.places.get(traced.name)!
}

const wire = (name: string) => symbols.wireOf(name)!

/** The signals of a component beside one of its inputs. */
const beside = (input: number, name: string) => wire(symbols.names(input)[0]!.replace(/[^.]*$/, name))

/** The prover insists on some values and follows up; broken are constraints of the statement, and no others. */
function refuses(honest: readonly bigint[], told: ReadonlyMap<number, bigint>, rows: ReadonlySet<number>) {
  const changed = laboratory.prover.follow(honest, told)!
  const value = (each: number) => changed.get(each) ?? honest[each]!
  const broken = laboratory.prover.broken(honest, changed)
  tellObservers(r1cs, value, broken, traced.name)
  assert.ok(broken.length > 0, 'a dishonest witness satisfies every constraint')
  const foreign = broken.filter((row) => !rows.has(row))
  const names = foreign.map((row) => [...r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])])
  assert.deepEqual(
    names.map((wires) => wires.map((each) => symbols.names(each)[0])),
    [],
  )
  assert.notEqual(value(wire('main.newRoot')), honest[wire('main.newRoot')], 'nothing came of it')
}

/** The honest witness of a batch. */
function witnessOf(batch: TradeBatch): readonly bigint[] {
  const { values, broken } = laboratory.prover.assign(inputWires(traced.system, tradeBatchInput(batch)))
  assert.deepEqual(broken, [])
  return values
}

suite('exactly one is chosen where one must be', () => {
  test('refuses a batch for two markets at once', () => {
    const honest = witnessOf(firstBatch())
    const enabled = targets('TradeBatch', 'signal {binary} hot[M] <== OneHot', 'OneHot.enabled')
    const both = [0, 2].map((m) => [beside(enabled.targets[0]!, `out[${m}]`), 1n] as const)
    refuses(honest, new Map([[enabled.targets[0]!, 2n], ...both]), enabled.rows)
    const always = targets('TradeBatch', 'signal {binary} always', 'always')
    refuses(honest, new Map([[always.targets[0]!, 2n], ...both]), always.rows)
    const input = targets('TradeBatch', 'signal {binary} always', 'UncheckedBinary.in')
    refuses(honest, new Map([[input.targets[0]!, 2n], ...both]), input.rows)
  })

  /** Two places are hot in a step that removes the head, and the hint is their sum. */
  const twoPlaces = () => {
    const honest = witnessOf(sweepBatch())
    const step = 2
    const value = (name: string) => honest[wire(`main.step[${step}].${name}`)]!
    assert.deepEqual([value('load.inHand'), value('place.remove'), value('loaded')], [1n, 1n, 2n])
    const place = targets('Place', 'signal {binary} place[W + 1] <== OneHot', 'OneHot.enabled')
    const enabled = place.targets[step]!
    const told = new Map([
      [wire(`main.place[${step}]`), 1n],
      [beside(enabled, 'out[0]'), 1n],
      [beside(enabled, 'out[1]'), 1n],
    ])
    return { honest, step, place, enabled, told }
  }

  test('refuses a step that works on two places at once', () => {
    const { honest, place, enabled, told } = twoPlaces()
    refuses(honest, new Map([...told, [enabled, 2n]]), place.rows)
  })

  test('refuses a step for which two is the number of places to choose', () => {
    const { honest, step, told } = twoPlaces()
    for (const detail of ['always', 'UncheckedBinary.in']) {
      const always = targets('Place', 'signal {binary} always', detail)
      refuses(honest, new Map([...told, [always.targets[step]!, 2n]]), always.rows)
    }
  })

  test('refuses the sum of three messages as a fourth, which nobody signed', () => {
    const honest = witnessOf(quadrupleBatch())
    // account 4 = 1 + 1 + 2 at price 990 + 980 + 970: used and cancel are the bits of three
    const pointer = targets('Load', 'signal {binary} pointer[N + 1] <== OneHot', 'OneHot.enabled')
    const enabled = pointer.targets[3]!
    const sum = [0, 1, 2].map((n) => [beside(enabled, `out[${n}]`), 1n] as const)
    const told = new Map([...sum, [beside(enabled, 'out[3]'), 0n] as const])
    refuses(honest, new Map([...told, [enabled, 3n]]), pointer.rows)
    for (const detail of ['always', 'UncheckedBinary.in']) {
      const always = targets('Load', 'signal {binary} always', detail)
      refuses(honest, new Map([...told, [always.targets[3]!, 3n]]), always.rows)
    }
  })
})

suite('nothing is done where nothing is to do', () => {
  test('refuses to work once more on the order that the step before has rested', () => {
    const honest = witnessOf(fiveStepBatch())
    assert.equal(honest[wire('main.idle[5]')], 1n)
    const load = targets('Load', 'active * (1 - inHand) === work.load', '')
    refuses(honest, new Map([[wire('main.idle[5]'), 0n]]), load.rows)
  })

  test('refuses a batch at 2^40 seconds, even one whose orders have all expired by then', () => {
    const honest = witnessOf(firstBatch())
    const range = targets('TradeBatch', 'signal {maxbit} time', 'AssertBits.in')
    const check = [...symbols.names(range.targets[0]!)][0]!.replace(/\.in$/, '.')
    const inside = new Set<number>()
    for (let row = 0; row < r1cs.nConstraints; row++) {
      const wires = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
      if (wires.every((each) => each === 0 || symbols.names(each)[0]!.startsWith(check))) inside.add(row)
    }
    refuses(honest, new Map([[wire('main.timestamp'), 1n << 40n]]), inside)
  })
})
