import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type AuditOptions, audit } from '../../audit/audit.ts'
import { openAuditSubject } from '../../audit/audit-subject.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { parseR1cs } from '../../circom/r1cs.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { brokenInFile, type FileConstraint, type FileTerms, type R1csFile, r1csBytes } from '../support/r1cs-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const one = (wire: number): FileTerms => [[wire, 1n]]

/** Wires 1, out, a, b with a * b = out; a is public, b private. */
const PRODUCT: R1csFile = {
  nWires: 4,
  nOutputs: 1,
  nPublicInputs: 1,
  nPrivateInputs: 1,
  constraints: [[one(2), one(3), one(1)]],
}

const noNames = parseSymbols('')

/** Audits a file. Whatever is FORGED must be that by the file alone: header, constraints, and nothing of ours. */
async function verdicts(
  file: R1csFile,
  { symbols = noNames, targets = 'all', timeout = 5_000, effort }: Partial<AuditOptions> = {},
) {
  const r1cs = parseR1cs(r1csBytes(file))
  const report = await audit({ r1cs, symbols, targets, timeout, effort })
  const firstInput = 1 + file.nOutputs
  const end = firstInput + file.nPublicInputs + file.nPrivateInputs
  for (const { forgery, wire } of report.targets) {
    if (forgery === undefined) continue
    const { first, second } = forgery
    assert.ok(wire < firstInput || wire >= end, `wire ${wire} is an input`)
    assert.notEqual(first[wire], second[wire])
    assert.deepEqual(first.slice(firstInput, end), second.slice(firstInput, end))
    for (const witness of [first, second]) {
      assert.equal(witness.length, file.nWires)
      assert.equal(witness[0], 1n)
      assert.ok(witness.every((value) => value >= 0n && value < FIELD))
      assert.deepEqual(brokenInFile(file, witness), [])
    }
  }
  return { report, verdicts: Object.fromEntries(report.targets.map(({ wire, verdict }) => [wire, verdict])) }
}

describe('the inputs of a constraint system', () => {
  const maps = { 'in circom 2 order': [0n, 1n, 2n, 3n], 'out of order': [0n, 3n, 1n, 2n], 'all 0': [0n, 0n, 0n, 0n] }
  for (const [what, labels] of Object.entries(maps)) {
    it(`are the wires after the outputs as the header counts them, with labels ${what}`, async () => {
      const { report, verdicts: found } = await verdicts({ ...PRODUCT, labels })
      assert.deepEqual(found, {})
      assert.deepEqual(report.counts, { PROVEN: 1, HARMLESS: 0, FORGED: 0, UNUSED: 0, UNKNOWN: 0 })
      assert.deepEqual(inputWires(parseR1cs(r1csBytes({ ...PRODUCT, labels }))), { from: 2, to: 4, mostTo: 4 })
    })
  }

  it('are the same whatever the order of the .sym file, and where its labels are not those of the .r1cs file', async () => {
    const lines = ['3,3,0,main.b', '2,2,0,main.a', '1,1,0,main.out']
    for (const labels of Object.values(maps)) {
      const symbols = parseSymbols(lines.join('\n'))
      const { report } = await verdicts({ ...PRODUCT, labels }, { symbols, targets: ['main.a', 'main.b', 'main.out'] })
      assert.deepEqual(report.counts, { PROVEN: 1, HARMLESS: 0, FORGED: 0, UNUSED: 0, UNKNOWN: 0 })
    }
  })

  it('with labels that are larger than 32 bits are those of the header', () => {
    const labels = [0n, 2n ** 32n + 1n, 2n ** 32n + 2n, 2n ** 33n]
    assert.deepEqual(inputWires(parseR1cs(r1csBytes({ ...PRODUCT, labels }))), { from: 2, to: 4, mostTo: 4 })
  })

  // circom counts private inputs that simplification took away: the wires after those that are left are other signals.
  const dropped: R1csFile = {
    nWires: 6,
    nOutputs: 1,
    nPublicInputs: 1,
    nPrivateInputs: 2,
    labels: [0n, 1n, 2n, 4n, 5n, 6n],
    constraints: [
      [one(2), one(3), one(1)],
      [one(4), one(4), one(5)],
    ],
  }

  it('of which simplification took some away are known by their labels; what may be an input is never FORGED', async () => {
    assert.deepEqual(inputWires(parseR1cs(r1csBytes(dropped))), { from: 2, to: 4, mostTo: 5 })
    const { report, verdicts: found } = await verdicts(dropped, { timeout: 300 })
    assert.deepEqual(found, { 4: 'UNKNOWN', 5: 'UNKNOWN' })
    assert.equal(report.notes.length, 2)
    assert.match(report.notes[0]!, /counts 1 more private input.* wire 4 /)
    assert.match(report.notes[1]!, /simplification/)
  })

  it('are all that the header counts where the labels only look as if some were missing', async () => {
    for (const labels of [
      [0n, 1n, 3n, 4n, 5n, 6n],
      [0n, 1n, 2n, 4n, 4n, 6n],
      [0n, 1n, 2n, 4n, 6n, 5n],
    ]) {
      const { to, mostTo } = inputWires(parseR1cs(r1csBytes({ ...dropped, labels })))
      assert.deepEqual([to, mostTo], [5, 5])
    }
  })

  it('end with the wires where the header counts more', () => {
    const file = { ...PRODUCT, nPrivateInputs: 7, labels: [0n, 0n, 0n, 0n] }
    assert.deepEqual(inputWires(parseR1cs(r1csBytes(file))), { from: 2, to: 4, mostTo: 4 })
  })
})

describe('a FORGED signal', () => {
  it('is none of an output that equals an input, a constant or another output', async () => {
    const file: R1csFile = {
      nWires: 6,
      nOutputs: 3,
      nPublicInputs: 1,
      nPrivateInputs: 1,
      constraints: [
        [
          [],
          [],
          [
            [1, 1n],
            [4, FIELD - 1n],
          ],
        ],
        [[[0, 1n]], one(2), [[0, 7n]]],
        [
          [],
          [],
          [
            [3, 2n],
            [1, FIELD - 2n],
          ],
        ],
      ],
    }
    assert.deepEqual((await verdicts(file)).verdicts, {})
  })

  it('is none of what wires that repeat and coefficients 0 leave as it is', async () => {
    const file: R1csFile = {
      ...PRODUCT,
      nWires: 6,
      constraints: [
        [
          [
            [2, 1n],
            [2, 1n],
            [5, 0n],
          ],
          [
            [3, 3n],
            [3, FIELD - 2n],
            [4, 0n],
          ],
          one(1),
        ],
        [
          [
            [5, 1n],
            [5, FIELD - 1n],
          ],
          one(4),
          [
            [4, 2n],
            [4, FIELD - 1n],
            [2, FIELD - 1n],
          ],
        ],
        [
          [],
          [],
          [
            [5, 1n],
            [5, 1n],
            [3, FIELD - 1n],
          ],
        ],
      ],
    }
    assert.deepEqual((await verdicts(file)).verdicts, {})
  })

  it('is a wire that no constraint mentions, and no input that none mentions', async () => {
    const file = { ...PRODUCT, nWires: 8, nPrivateInputs: 3 }
    assert.deepEqual((await verdicts(file)).verdicts, { 6: 'UNUSED', 7: 'UNUSED' })
  })

  it('is the same whatever the order of the sections', async () => {
    const file: R1csFile = { ...PRODUCT, nWires: 5, constraints: [[one(2), one(4), one(1)]] }
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 1, 3],
    ]) {
      assert.deepEqual((await verdicts({ ...file, order })).verdicts, { 1: 'FORGED', 4: 'FORGED' })
    }
  })

  it('keeps its promise for files at random: two witnesses by the file alone, equal in what it calls inputs', async () => {
    const nWires = 7
    const coefficient = fc.constantFrom(0n, 1n, 2n, FIELD - 1n, 5n)
    const terms = fc.array(fc.tuple(fc.nat(nWires - 1), coefficient), { maxLength: 3 })
    const label = fc.bigInt({ min: 0n, max: 9n })
    const ascending = fc.uniqueArray(label, { minLength: nWires, maxLength: nWires }).map((all) => all.toSorted())
    const file: fc.Arbitrary<R1csFile> = fc.record({
      nWires: fc.constant(nWires),
      nOutputs: fc.nat(2),
      nPublicInputs: fc.nat(2),
      nPrivateInputs: fc.nat(4),
      constraints: fc.array(fc.tuple(terms, terms, terms) as fc.Arbitrary<FileConstraint>, { maxLength: 5 }),
      labels: fc.oneof(ascending, fc.array(label, { minLength: nWires, maxLength: nWires })),
    })
    let forged = 0
    await fc.assert(
      fc.asyncProperty(file, async (one) => {
        forged += (await verdicts(one, { timeout: 60_000, effort: 0.0002 })).report.counts.FORGED
      }),
      { numRuns: 60 },
    )
    assert.ok(forged > 20, `${forged} forged`)
  })
})

describe('names of another circuit', () => {
  it('are refused where they name wires that are not there', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('circuit.r1cs'), r1csBytes(PRODUCT))
    await writeFile(folder.file('circuit.sym'), '1,1,0,main.out\n9,9,0,main.x\n')
    await assert.rejects(openAuditSubject(folder.file('circuit.r1cs')), {
      code: 'INPUT_INVALID',
      message: /wire 9 of 4/,
    })
  })

  it('are noted where they give the labels of the .r1cs file to other wires', async () => {
    const names = parseSymbols('1,1,0,main.out\n3,2,0,main.b\n2,3,0,main.a\n')
    const { report } = await verdicts(PRODUCT, { symbols: names })
    assert.match(report.notes[0]!, /\.sym file/)
  })
})
