import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type BoundarySubject, testBoundaries } from '../../audit/boundary.ts'
import type { BoundaryModel } from '../../audit/boundary-model.ts'
import { openCompiled } from '../../audit/boundary-subject.ts'
import { compileCorpus, corpusSubject } from '../../lab/corpus/compiled.ts'
import { CORPUS, type CorpusCircuit } from '../../lab/corpus/corpus.ts'
import { FIELD } from '../../protocol/numbers.ts'

const named = (name: string): CorpusCircuit => CORPUS.find((circuit) => circuit.name === name)!
const less = named('BoundedLess')
const high = 1n << 16n

type Pair = { readonly a: bigint; readonly b: bigint }
const below: BoundaryModel<Pair> = {
  inputs: { a: { bits: 16 }, b: { bits: 16 } },
  legal: ({ a, b }) => (a < high && b < high ? a < b || 'NOT_BELOW' : 'OUT_OF_RANGE'),
}

suite('the boundary tester', () => {
  test('tries no more inputs than asked, and the same ones for the same seed', async () => {
    const subject = await corpusSubject(named('UnboundedLess'))
    const run = (seed: bigint) => testBoundaries({ subject, model: below, cases: 150, seed })
    const report = await run(7n)
    assert.equal(report.tried.total, 150)
    assert.equal(report.tried.legal + report.tried.illegal, 150)
    assert.deepEqual(await run(7n), report)
    assert.notDeepEqual((await run(8n)).found, report.found)
  })

  test('names the rule that an accepted input breaks, and keeps the plainest examples of each direction', async () => {
    const subject = await corpusSubject(named('UnboundedLess'))
    const report = await testBoundaries({ subject, model: below, cases: 300, examples: 2 })
    assert.ok(report.found.ACCEPTED_ILLEGAL > 2)
    assert.equal(report.counterexamples.length, 2)
    for (const { direction, rule, inputs } of report.counterexamples) {
      assert.deepEqual([direction, rule], ['ACCEPTED_ILLEGAL', 'OUT_OF_RANGE'])
      assert.ok(String(Object.values(inputs)).length < 20, 'small numbers')
    }
  })

  test('meets the ends of the range, of the field, and of equality', async () => {
    const honest = await corpusSubject(less)
    const seen = new Set<string>()
    const subject: BoundarySubject = {
      ...honest,
      uncheckedWitness(input) {
        seen.add(String(Object.values(input)))
        return honest.uncheckedWitness!(input)
      },
    }
    await testBoundaries({
      subject,
      model: { ...below, legal: () => false, cases: [{ a: 100n, b: 200n }] },
      cases: 400,
    })
    const ends = [0n, 1n, high - 1n, high, high + 1n, (FIELD - 1n) / 2n, (FIELD + 1n) / 2n, FIELD - 1n]
    for (const end of ends) {
      assert.ok(
        [...seen].some((pair) => pair.startsWith(`${end},`)),
        `a = ${end}`,
      )
      assert.ok(
        [...seen].some((pair) => pair.endsWith(`,${end}`)),
        `b = ${end}`,
      )
    }
    for (const pair of ['100,200', '200,200', '199,200', '201,200', '65535,65535']) assert.ok(seen.has(pair), pair)
  })

  test('says that nothing was tested when all inputs are of one kind', async () => {
    const subject = await corpusSubject(named('AnyCondition'))
    const inputs = { condition: { bits: 1 }, yes: { bits: 8 }, no: { bits: 8 } }
    const report = await testBoundaries({ subject, model: { inputs, legal: () => true }, cases: 50 })
    assert.deepEqual([report.verdict, report.tried.illegal], ['VACUOUS', 0])
  })

  test('compares outputs, signed ones and arrays too', async () => {
    const subject = await corpusSubject(named('BoundedChange'))
    const bits = 16
    const model = (wrong: bigint): BoundaryModel<{ before: bigint; change: bigint }> => ({
      inputs: { before: { bits }, change: { bits, signed: true } },
      legal: ({ before, change }) => [before, before + change].every((x) => x >= 0n && x < high) && change >= -high,
      outputs: ({ before, change }) => ({ after: before + change + (change === -1n ? wrong : 0n) }),
    })
    const right = await testBoundaries({ subject, model: model(0n), cases: 300 })
    assert.equal(right.verdict, 'AGREES')
    const report = await testBoundaries({ subject, model: model(-high), cases: 300 })
    assert.equal(report.verdict, 'DIFFERS')
    assert.equal(report.counterexamples[0]!.direction, 'WRONG_OUTPUT')
    const { name, expected, actual } = report.counterexamples[0]!.output!
    assert.deepEqual([name, expected], ['after', actual + FIELD - high])
  })

  test('asks the constraints behind the checks of the generator, if it has the sources', async () => {
    const circuit = named('AssertedBound')
    assert.ok(circuit.shown.by === 'boundary')
    const { model } = circuit.shown
    const report = await testBoundaries({ subject: await corpusSubject(circuit), model, cases: 100 })
    assert.deepEqual([report.verdict, report.constraintsAsked], ['DIFFERS', true])
    assert.ok(report.counterexamples.every(({ behindCheck }) => behindCheck === true))

    const subject = await openCompiled(await compileCorpus(circuit))
    const compiled = await testBoundaries({ subject, model, cases: 100 })
    assert.equal(compiled.constraintsAsked, false)
    // circom compares signed numbers: what its assert takes for negative passes even there
    assert.ok(compiled.counterexamples.every(({ inputs }) => (inputs.value as bigint) > FIELD / 2n))
  })

  test('stops when aborted', async () => {
    const subject = await corpusSubject(less)
    const testing = testBoundaries({ subject, model: below, signal: AbortSignal.abort() })
    await assert.rejects(testing, { code: 'ABORTED' })
  })

  test('refuses models that do not fit the circuit', async () => {
    const subject = await openCompiled(await compileCorpus(less))
    const run = (model: object) =>
      testBoundaries({ subject, model: { ...below, ...model } as BoundaryModel, cases: 20 })
    const bits = 16
    const refused: [object, string][] = [
      [{ inputs: { a: { bits } } }, 'model.inputs'],
      [{ inputs: { a: { bits }, b: { bits, shape: [2] } } }, 'model.inputs'],
      [{ inputs: { a: { bits: 254 }, b: { bits } } }, 'model.inputs.a.bits'],
      [{ inputs: { a: { bits: 253, signed: true }, b: { bits } } }, 'model.inputs.a.bits'],
      [{ inputs: { a: { bits, low: 0n }, b: { bits } } }, 'model.inputs.a'],
      [{ inputs: { a: { low: 5n, high: 5n }, b: { bits } } }, 'model.inputs.a'],
      [{ inputs: { a: { low: -1n, high: FIELD }, b: { bits } } }, 'model.inputs.a'],
      [{ inputs: { a: { bits, shape: [0] }, b: { bits } } }, 'model.inputs.a.shape'],
      [{ inputs: { a: { bits, values: [1] }, b: { bits } } }, 'model.inputs.a.values'],
      [{ inputs: {} }, 'model.inputs'],
      [{ legal: true }, 'model.legal'],
      [{ legal: () => assert.fail('no') }, 'model.legal'],
      [{ outputs: 1 }, 'model.outputs'],
      [{ cases: {} }, 'model.cases'],
      [{ cases: [{ a: 1n }] }, 'model.cases[0].b'],
      [{ legal: () => true, outputs: () => ({ nowhere: 1n }) }, 'nowhere'],
    ]
    for (const [model, path] of refused) {
      await assert.rejects(run(model), { code: 'INPUT_INVALID', path }, path)
    }
  })
})
