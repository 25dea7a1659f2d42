import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { audit } from '../../audit/audit.ts'
import { openAuditSubject } from '../../audit/audit-subject.ts'
import { auditShipped, openShippedSubject } from '../../audit/shipped.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { type R1cs, readR1cs } from '../../circom/r1cs.ts'
import { CORPUS_ROOT, compileCorpus } from '../../lab/corpus/compiled.ts'
import { CORPUS } from '../../lab/corpus/corpus.ts'
import { reduce } from '../../protocol/field.ts'
import { type Constraint, constraintsOf, withConstraints } from '../support/constraint-rows.ts'
import { CONTRADICTION } from '../support/contradictions.ts'
import { r1csBytes } from '../support/r1cs-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SOURCE = `${CORPUS_ROOT}/ladder.circom`
const template = 'FiveTimesPoint'
const named = (name: string) => CORPUS.find((circuit) => circuit.name === name)!
const verdicts = ({ targets }: { targets: readonly { name: string; verdict: string }[] }) =>
  targets.map(({ name, verdict }) => [name, verdict])
const PROVEN = [
  ['main.u', 'PROVEN'],
  ['main.v', 'PROVEN'],
]

/** The file's bytes. */
function fileOf(r1cs: R1cs): Uint8Array {
  const { nWires, nOutputs, nPublicInputs, nPrivateInputs } = r1cs
  const labels = Array.from(r1cs.labelOf, BigInt)
  return r1csBytes({ nWires, nOutputs, nPublicInputs, nPrivateInputs, labels, constraints: constraintsOf(r1cs) })
}

describe('the audit of what ships, by its source', () => {
  for (const level of ['O1', 'O2'] as const) {
    it(`proves at -${level} what it proves as written, where the file alone does not`, async () => {
      const { r1cs: file } = await compileCorpus(named(template), level)
      const alone = await audit({ ...(await openAuditSubject(file)), effort: 0.001 })
      assert.ok(alone.counts.UNKNOWN > 0)
      assert.match(alone.notes.join(), /simplification took .* --shipped/)

      for (const shipped of [file, level]) {
        const subject = await openShippedSubject(SOURCE, { shipped, template })
        assert.ok(subject.simplification.equivalent)
        const report = await auditShipped(subject)
        assert.deepEqual(verdicts(report), PROVEN)
        assert.ok(subject.shipped.nWires < subject.r1cs.nWires)
        const all = Object.values(report.counts).reduce((sum, count) => sum + count, 0)
        assert.equal(all, subject.shipped.nWires - 1 - 2)
        assert.equal(report.counts.UNKNOWN, 0)
        assert.match(report.notes[0]!, /have the same solutions/)
        assert.doesNotMatch(report.notes.join(), /simplification took/)
      }
    })

    it(`forges witnesses of what ships at -${level}`, async () => {
      const options = { shipped: level, template: 'AliasedLimbs' }
      const subject = await openShippedSubject(`${CORPUS_ROOT}/alias.circom`, options)
      const { shipped, symbols } = subject
      const { targets } = await auditShipped(subject, { targets: 'all' })
      const forged = targets.filter(({ verdict }) => verdict === 'FORGED')
      assert.ok(forged.length >= 2)
      for (const { wire, name, forgery } of forged) {
        const { first, second, target } = forgery!
        assert.equal(target, wire)
        assert.equal(symbols.signalOf(shipped.labelOf[wire]!)?.name, name)
        assert.notEqual(first[wire], second[wire])
        for (const witness of [first, second]) {
          assert.equal(witness.length, shipped.nWires)
          assert.deepEqual(findBrokenConstraints(shipped, witness), [])
        }
      }
    })

    it(`proves nothing of what lost or changed a constraint at -${level}`, async () => {
      await using folder = await temporaryDirectory()
      const honest = await readR1cs((await compileCorpus(named(template), level)).r1cs)
      const rows = constraintsOf(honest)
      const shipped = folder.file('shipped.r1cs')
      const opened = async (constraints: readonly Constraint[], change: Partial<R1cs> = {}) => {
        await writeFile(shipped, fileOf({ ...withConstraints(honest, constraints), ...change }))
        return openShippedSubject(SOURCE, { shipped, template })
      }
      const same = await opened(rows.toReversed())
      assert.deepEqual(verdicts(await auditShipped(same)), PROVEN)

      const refused = async (constraints: readonly Constraint[], change?: Partial<R1cs>) => {
        const subject = await opened(constraints, change)
        assert.ok(!subject.simplification.equivalent)
        await assert.rejects(auditShipped(subject), { code: 'INPUT_INVALID' })
      }
      for (const at of [0, rows.length >> 1, rows.length - 1]) {
        await refused(rows.toSpliced(at, 1))
        const [a, b, c] = rows[at]!
        const [wire, coefficient] = a[0]!
        await refused(rows.with(at, [a.with(0, [wire, reduce(coefficient + 1n)]), b, c]))
      }
      // One more than the source has: an honest prover may find no witness.
      await refused([...rows, [[[1, 1n]], [[1, 1n]], [[2, 1n]]]])
      // Other outputs: what the proof says is not what the source says.
      const labelOf = honest.labelOf.with(1, honest.labelOf[2]!).with(2, honest.labelOf[1]!)
      await refused(rows, { labelOf })
    })
  }

  it('refuses what circom simplified wrongly, what is of another source, and a source that is none', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('circuit.circom'), CONTRADICTION)
    const subject = await openShippedSubject(folder.file('circuit.circom'), { shipped: 'O2' })
    assert.ok(!subject.simplification.equivalent)
    await assert.rejects(auditShipped(subject), { code: 'INPUT_INVALID' })

    const { r1cs: shipped } = await compileCorpus(named('AliasedLimbs'), 'O1')
    const other = await openShippedSubject(SOURCE, { shipped, template: 'AnyToMontgomery' }).catch(({ code }) => code)
    assert.ok(other === 'INPUT_INVALID' || !other.simplification.equivalent)
    await assert.rejects(openShippedSubject(shipped, { shipped }), { code: 'INPUT_INVALID', path: shipped })
  })

  it('says which signals simplification took away', async () => {
    const subject = await openShippedSubject(SOURCE, { shipped: 'O1', template })
    await assert.rejects(auditShipped(subject, { targets: ['point.in[0]'] }), {
      code: 'INPUT_INVALID',
      message: /simplification took point.in\[0\] away/,
    })
    await assert.rejects(auditShipped(subject, { targets: ['nothing'] }), { code: 'INPUT_INVALID' })
  })
})
