import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { uncheckedCalculator, withoutChecks } from '../../audit/unchecked-witness.ts'
import { compileCircuit } from '../../circom/compile.ts'
import { createTamperCheck, findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { CompilableCircuit, Optimization } from '../../circom/main-component.ts'
import { readR1cs } from '../../circom/r1cs.ts'
import { describeConstraint, readSymbols } from '../../circom/symbols.ts'
import { below, product, TOY_SOURCES } from '../support/circuits/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

describe('constraint check', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(async () => {
    await folder[Symbol.asyncDispose]()
  })

  async function compiled(definition: CompilableCircuit, optimization: Optimization) {
    const directory = folder.file(`${definition.name}-${optimization}`)
    const options = { definition, profile: 'small', directory, sourceRoots: TOY_SOURCES } as const
    const { files } = await compileCircuit({ ...options, optimization })
    const calculator = await uncheckedCalculator(options)
    return { r1cs: await readR1cs(files.r1cs), symbols: await readSymbols(files.sym), calculator }
  }

  for (const optimization of ['O0', 'O1', 'O2'] as const) {
    test(`an honest witness breaks nothing and a dishonest one breaks the rule it violates (${optimization})`, async () => {
      const { r1cs, symbols, calculator } = await compiled(below, optimization)
      const broken = async (bound: bigint, secret: bigint) => {
        const rows = findBrokenConstraints(r1cs, await calculator.witness(r1cs, { bound, secret }))
        return rows.map((row) => describeConstraint(r1cs, symbols, row))
      }
      assert.deepEqual(await broken(10n, 9n), [])
      assert.equal((await broken(10n, 10n)).length > 0, true)
      const [tooWide] = await broken(1n << 36n, 0n)
      assert.match(tooWide!.signals.join(), /main\.bound|Num2Bits/)
    })
  }

  test('at O0 the description names the component whose === broke', async () => {
    const { r1cs, symbols, calculator } = await compiled(below, 'O0')
    const witness = await calculator.witness(r1cs, { bound: 5n, secret: 5n })
    const [row, ...others] = findBrokenConstraints(r1cs, witness)
    assert.deepEqual(others, [])
    assert.deepEqual(describeConstraint(r1cs, symbols, row!), {
      constraint: row,
      components: ['main'],
      signals: ['main.below'],
    })
  })

  test('tampering any one signal is judged as by checking the whole witness again', async () => {
    const { r1cs, calculator } = await compiled(below, 'O2')
    const witness = await calculator.witness(r1cs, { bound: 77n, secret: 33n })
    const check = createTamperCheck(r1cs, witness)
    for (let wire = 1; wire < r1cs.nWires; wire++) {
      for (const value of [0n, 1n, 2n, FIELD - 1n, (witness[wire]! + 1n) % FIELD]) {
        const expected = findBrokenConstraints(r1cs, witness.with(wire, value), { limit: Infinity })
        assert.deepEqual(check.brokenBy(new Map([[wire, value]])), expected)
        assert.ok(expected.every((row) => check.constraintsOf(wire).includes(row)))
      }
    }
  })

  test('tampering several signals at once adds their effects', async () => {
    const { r1cs, calculator, symbols } = await compiled(product, 'O0')
    const witness = await calculator.witness(r1cs, { product: 15n, square: 49n, offset: 4n, left: 3n, right: 5n })
    const check = createTamperCheck(r1cs, witness)
    const [left, right] = [symbols.wireOf('main.left')!, symbols.wireOf('main.right')!]
    const swapped = new Map([
      [left, 5n],
      [right, 3n],
    ])
    const names = check.brokenBy(swapped).map((row) => describeConstraint(r1cs, symbols, row).signals.join())
    assert.deepEqual(names, ['main.offset,main.left,main.shifted'])
    assert.deepEqual(check.brokenBy(new Map()), [])
  })

  test('finds at most as many broken constraints as asked for', async () => {
    const { r1cs, calculator } = await compiled(below, 'O0')
    const witness = await calculator.witness(r1cs, { bound: 77n, secret: 33n })
    const ruined = witness.map((_, wire) => (wire === 0 ? 1n : 2n))
    assert.equal(findBrokenConstraints(r1cs, ruined, { limit: 3 }).length, 3)
  })

  test('refuses malformed witnesses and never shows a value', async () => {
    const { r1cs, calculator } = await compiled(product, 'O2')
    const witness = await calculator.witness(r1cs, { product: 15n, square: 49n, offset: 4n, left: 3n, right: 5n })
    for (const [bad, path] of [
      [witness.slice(1), undefined],
      [witness.with(2, FIELD + 123456789n), 'witness[2]'],
      [witness.with(2, -123456789n), 'witness[2]'],
      [witness.with(0, 2n), 'witness[0]'],
    ] as const) {
      const refused = (error: Error & { code: string; path?: string }) =>
        error.code === 'INPUT_INVALID' && error.path === path && !error.message.includes('123456789')
      assert.throws(() => findBrokenConstraints(r1cs, bad), refused)
    }
  })
})

test('taking checks away leaves every other statement', () => {
  const source = `for (var i = 0; i < n; i++) { out[i] <-- (in >> i) & 1; out[i] * (out[i] - 1) === 0; }
    if (n > 1) a === b; // a === b
    assert(n <= 253);
    c <== d;`
  const rest = withoutChecks(source).replace(/[\s]+/g, ' ')
  assert.equal(rest, 'for (var i = 0; i < n; i++) { out[i] <-- (in >> i) & 1; } c <== d;')
})

test('taking checks away leaves every other statement where it stands, to the line and the byte', () => {
  const source = 'signal a; // ä\n  a === 1;\n  assert(\n    n <= 253\n  );\n  signal b <== Not()(a);\n'
  const rest = withoutChecks(source)
  const [at, lines] = [(text: string) => Buffer.from(text).indexOf('Not()'), (text: string) => text.split('\n').length]
  assert.deepEqual([at(rest), lines(rest)], [at(source), lines(source)])
})
