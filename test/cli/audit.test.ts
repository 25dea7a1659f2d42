import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { requireCircuit } from '../../circuits/registry.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { CORPUS_ROOT, compileCorpus } from '../../lab/corpus/compiled.ts'
import { CORPUS } from '../../lab/corpus/corpus.ts'
import { soliditySource } from '../../verifier/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { CONTRADICTION } from '../support/contradictions.ts'
import { r1csBytes } from '../support/r1cs-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const DIVISION = `${CORPUS_ROOT}/division.circom`
const forgeable = (...more: string[]) => ['audit', DIVISION, '--template', 'RateOfAnything', '--json', ...more]

describe('zkclear audit', () => {
  it('ends with 1 for a forged output, writes two witnesses once, and never replaces them', async () => {
    await using folder = await temporaryDirectory()
    const result = await zkclear(forgeable('--witnesses', folder.file('forged')))
    assert.equal(result.code, 1, result.stderr)
    const { counts, targets } = documentOf(result)
    assert.deepEqual(counts, { PROVEN: 0, HARMLESS: 0, FORGED: 1, UNUSED: 0, UNKNOWN: 0 })
    const names = ['main.rate.first.wtns', 'main.rate.second.wtns']
    const [{ verdict, witnesses }] = targets as [{ verdict: string; witnesses: string[] }]
    assert.deepEqual([verdict, witnesses], ['FORGED', names.map((name) => folder.file(`forged/${name}`))])
    assert.deepEqual((await readdir(folder.file('forged'))).toSorted(), names)
    // The values are in the files alone.
    assert.ok(!result.stdout.includes('"forgery"'))

    const again = await zkclear(forgeable('--witnesses', folder.file('forged'), '--policy', 'forged'))
    assert.deepEqual([again.code, documentOf(again).targets], [1, targets])
    assert.deepEqual((await readdir(folder.file('forged'))).toSorted(), names)

    // As of another circuit, or of another search.
    const before = (await readFile(folder.file(`forged/${names[1]}`))).fill(1, 76)
    await writeFile(folder.file(`forged/${names[1]}`), before)
    const other = await zkclear(forgeable('--witnesses', folder.file('forged')))
    const later = ['main.rate-2.first.wtns', 'main.rate-2.second.wtns']
    const [{ witnesses: others }] = documentOf(other).targets as [{ witnesses: string[] }]
    assert.deepEqual(
      others,
      later.map((name) => folder.file(`forged/${name}`)),
    )
    assert.deepEqual((await readdir(folder.file('forged'))).toSorted(), [...later, ...names].toSorted())
    assert.deepEqual(await readFile(folder.file(`forged/${names[1]}`)), before)

    await writeFile(folder.file('file'), '')
    const nowhere = await zkclear(forgeable('--witnesses', folder.file('file')))
    assert.deepEqual([nowhere.code, errorOf(nowhere).code], [2, 'OUTPUT_UNWRITABLE'])
  })

  it('ends with 0 where everything is proved, as text', async () => {
    await using folder = await temporaryDirectory()
    const args = ['audit', DIVISION, '--template', 'RateOfSomething', '--all']
    const { code, stdout, stderr } = await zkclear(args, { cwd: folder.path })
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /PROVEN +│ HARMLESS +│ FORGED +│ UNUSED +│ UNKNOWN +│ RANGE/)
    assert.deepEqual(await readdir(folder.path), [])
  })

  it('says that signals inside are UNKNOWN which it was not asked for', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(
      folder.file('hint.circom'),
      `pragma circom 2.2.3;
      template Hint() {
        signal input a;
        signal output twice <== 2 * a;
        signal bit <-- 1;
        bit * (bit - 1) === 0;
      }`,
    )
    const args = ['audit', 'hint.circom', '--template', 'Hint']
    const ofOutputs = await zkclear(args, { cwd: folder.path })
    assert.equal(ofOutputs.code, 0, ofOutputs.stderr)
    assert.match(ofOutputs.stdout, /^1 UNKNOWN of signals that were not asked for: --all decides every signal$/m)
    const ofAll = await zkclear([...args, '--all'], { cwd: folder.path })
    assert.equal(ofAll.code, 1, ofAll.stderr)
    assert.match(ofAll.stdout, /^FORGED main\.bit$/m)
    assert.doesNotMatch(ofAll.stdout, /not asked for/)
  })

  it('ends with 1 for what it does not know, or with 0 if only forgeries count', async () => {
    await using folder = await temporaryDirectory()
    // A fifth root is unique, but nothing that the audit knows shows it.
    await writeFile(
      folder.file('root.circom'),
      `pragma circom 2.2.3;
      template FifthRoot() {
        signal input x;
        signal output root <-- x;
        signal square <== root * root;
        signal fourth <== square * square;
        fourth * root === x;
      }`,
    )
    const args = ['audit', folder.file('root.circom'), '--template', 'FifthRoot', '--timeout', '600']
    const strict = await zkclear([...args, '--json'], { cwd: folder.path })
    assert.equal(strict.code, 1, strict.stderr)
    const { counts, targets, rules, lemmas, contradictions } = documentOf(strict)
    assert.deepEqual([counts, rules], [{ PROVEN: 0, HARMLESS: 0, FORGED: 0, UNUSED: 0, UNKNOWN: 3 }, {}])
    assert.deepEqual([lemmas, contradictions], [{}, []])
    const [{ name, verdict, stuckAt }] = targets as [{ name: string; verdict: string; stuckAt: unknown[] }]
    assert.deepEqual([name, verdict], ['main.root', 'UNKNOWN'])
    assert.deepEqual(stuckAt[0], { constraint: 0, components: ['main'], unknown: ['main.root', 'main.square'] })

    const lenient = await zkclear([...args, '--policy', 'forged'], { cwd: folder.path })
    assert.equal(lenient.code, 0, lenient.stderr)
    assert.match(lenient.stdout, /UNKNOWN main\.root \(.*\)\n +stuck at constraint 0 of main: main\.root, main\.square/)
    assert.deepEqual(await readdir(folder.path), ['root.circom'])
  })

  it('reads a .r1cs file, with the names of the .sym file beside it', async () => {
    const { r1cs } = await compileCorpus(CORPUS.find(({ name }) => name === 'ConstrainedProduct')!)
    const { code, stdout, stderr } = await zkclear(['audit', r1cs, '--signal', 'main.product', '--json'])
    assert.equal(code, 0, stderr)
    const { targets } = JSON.parse(stdout)
    assert.deepEqual(targets, [{ name: 'main.product', wire: 1, verdict: 'PROVEN', isOutput: true, rule: 'linear' }])
  })

  it('ends with 3 for a corrupt .r1cs file', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('circuit.r1cs'), 'no circuit')
    const result = await zkclear(['audit', folder.file('circuit.r1cs'), '--json'])
    assert.deepEqual([result.code, errorOf(result).code], [3, 'ARTIFACT_CORRUPT'])
  })

  it('ends with 2 for an unknown signal, a missing file or another kind of file', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('notes.txt'), 'no circuit')
    const cases = [
      [forgeable('--signal', 'main.nothing'), 'INPUT_INVALID'],
      [['audit', folder.file('absent.r1cs'), '--json'], 'FILE_UNREADABLE'],
      [['audit', folder.file('notes.txt'), '--json'], 'INPUT_INVALID'],
    ] as const
    for (const [args, expected] of cases) {
      const result = await zkclear(args)
      assert.deepEqual([result.code, errorOf(result).code], [2, expected])
    }
  })
})

describe('zkclear audit of a circuit that cannot be audited', () => {
  it('ends with 2 for a file that does not compile, that is missing, and that is a folder', async () => {
    await using folder = await temporaryDirectory()
    await mkdir(folder.file('folder.circom'))
    await writeFile(folder.file('broken.circom'), 'template T() { signal input x; } component main = U();')
    for (const [name, code] of [
      ['broken.circom', 'INPUT_INVALID'],
      ['absent.circom', 'FILE_UNREADABLE'],
      ['folder.circom', 'FILE_UNREADABLE'],
    ] as const) {
      const result = await zkclear(['audit', folder.file(name), '--json'])
      assert.deepEqual([result.code, errorOf(result).code], [2, code])
    }
  })

  it('ends with 2 for a .r1cs file with custom gates or over another field, and says so', async () => {
    await using folder = await temporaryDirectory()
    const file = { nWires: 3, nOutputs: 1, nPublicInputs: 0, nPrivateInputs: 1, constraints: [] }
    await writeFile(folder.file('custom.r1cs'), r1csBytes({ ...file, others: { 4: Uint8Array.of(1, 0, 0, 0) } }))
    await writeFile(folder.file('field.r1cs'), r1csBytes({ ...file, prime: 2n ** 255n - 19n }))
    for (const [name, message] of [
      ['custom.r1cs', /custom gates/],
      ['field.r1cs', /BN254/],
    ] as const) {
      const result = await zkclear(['audit', folder.file(name), '--json'])
      assert.equal(result.code, 2, result.stderr)
      assert.match(errorOf(result).message, message)
    }
  })
})

describe('the witnesses of a forgery', () => {
  it('have files of their own, inside the folder, whatever the signals are called, and only their owner reads them', async () => {
    await using folder = await temporaryDirectory()
    // Each output equals a signal of its own, which nothing else says anything of.
    const constraints = [1, 2, 3, 4, 5].map((wire) => [[[0, 1n]], [[wire, 1n]], [[wire + 5, 1n]]] as const)
    const file = { nWires: 11, nOutputs: 5, nPublicInputs: 0, nPrivateInputs: 0, constraints }
    const names = ['..', 'a/b', 'a_b', `main.${'x'.repeat(300)}`, '../../../c']
    await writeFile(folder.file('free.r1cs'), r1csBytes(file))
    await writeFile(folder.file('free.sym'), names.map((name, i) => `${i + 1},${i + 1},0,${name}\n`).join(''))
    const result = await zkclear(['audit', folder.file('free.r1cs'), '--json'], { cwd: folder.path })
    assert.equal(result.code, 1, result.stderr)
    assert.deepEqual((await readdir(folder.path)).toSorted(), ['forged', 'free.r1cs', 'free.sym'])
    const written = await readdir(folder.file('forged'))
    assert.equal(written.length, 10)
    for (const name of written) assert.equal((await stat(folder.file(`forged/${name}`))).mode & 0o777, 0o600)
  })

  it('are written once for a signal that was asked for twice', async () => {
    await using folder = await temporaryDirectory()
    const more = ['--signal', 'main.rate', 'rate', 'main.rate', '--witnesses', folder.file('forged')]
    const result = await zkclear(forgeable(...more))
    assert.equal(result.code, 1, result.stderr)
    assert.equal((await readdir(folder.file('forged'))).length, 2)
  })
})

describe('zkclear audit --timeout', () => {
  it('counts compiling, and ends with 2 where there is no time for more', async () => {
    for (const more of [[], ['--equivalence']]) {
      const result = await zkclear(['audit', 'trade-batch', '--timeout', '1', '--json', ...more])
      assert.deepEqual([result.code, errorOf(result).path], [2, '--timeout'], result.stderr)
      assert.match(errorOf(result).message, /1 s are over/)
    }
  })
})

describe('zkclear audit --against --timeout', () => {
  it('ends with 2 where the inputs are not all tried in that time', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(
      folder.file('model.mjs'),
      'export default { inputs: { a: { bits: 16 }, b: { bits: 16 } }, legal: ({ a, b }) => a < b }\n',
    )
    const args = ['--against', folder.file('model.mjs'), '--cases', '1000000', '--timeout', '1', '--json']
    const range = ['audit', `${CORPUS_ROOT}/range.circom`, '--template', 'BoundedLess', '--arguments', '16']
    const result = await zkclear([...range, ...args])
    assert.deepEqual([result.code, errorOf(result).path], [2, '--timeout'], result.stderr)
  })
})

describe('zkclear audit --equivalence', () => {
  it('ends with 1 where the compiler dropped constraints, at each level, and names them', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('circuit.circom'), CONTRADICTION)
    const result = await zkclear(['audit', folder.file('circuit.circom'), '--equivalence'])
    assert.equal(result.code, 1, result.stderr)
    assert.match(result.stdout, /^DIFFERS -O1: 3 constraints as written, 1 simplified\n {2}dropped.*main\.x/m)
    assert.match(result.stdout, /^DIFFERS -O2/m)
  })

  it('ends with 0 for two .r1cs files that say the same, with 1 if not, as JSON', async () => {
    await using folder = await temporaryDirectory()
    const file = { nWires: 4, nOutputs: 1, nPublicInputs: 0, nPrivateInputs: 2 }
    const product = [[[2, 1n]], [[3, 1n]], [[1, 1n]]] as const
    const twice = [[[2, 2n]], [[3, 1n]], [[1, 2n]]] as const
    const sum = [[[2, 1n]], [[0, 1n]], [[3, 1n]]] as const
    await writeFile(folder.file('full.r1cs'), r1csBytes({ ...file, constraints: [product, sum] }))
    await writeFile(folder.file('same.r1cs'), r1csBytes({ ...file, constraints: [sum, twice] }))
    await writeFile(folder.file('less.r1cs'), r1csBytes({ ...file, constraints: [twice] }))
    const run = (name: string) =>
      zkclear(['audit', folder.file('full.r1cs'), '--equivalence', '--simplified', folder.file(name), '--json'])
    const [same, less] = [await run('same.r1cs'), await run('less.r1cs')]
    assert.deepEqual([same.code, documentOf(same).verdict], [0, 'EQUIVALENT'])
    assert.deepEqual([less.code, documentOf(less).verdict], [1, 'DIFFERS'])
    const absent = await run('absent.r1cs')
    assert.deepEqual([absent.code, errorOf(absent).code], [2, 'FILE_UNREADABLE'])
    const alone = await zkclear(['audit', folder.file('full.r1cs'), '--equivalence', '--json'])
    assert.deepEqual([alone.code, errorOf(alone).path], [2, '--simplified'])
  })
})

describe('zkclear audit --shipped', () => {
  const ladder = ['audit', `${CORPUS_ROOT}/ladder.circom`, '--template', 'FiveTimesPoint', '--json']

  it('ends with 0 for what ships if it is proved of its source, and takes the result of before if nothing changed', async () => {
    await using folder = await temporaryDirectory()
    const { r1cs } = await compileCorpus(CORPUS.find(({ name }) => name === 'FiveTimesPoint')!, 'O2')
    const cache = ['--changed', '--cache', folder.file('cache.json')]
    const run = (...more: string[]) => zkclear([...ladder, ...more, ...cache], { cwd: folder.path })
    const shipped = ['--shipped', r1cs]
    const [first, source, again] = [await run(...shipped), await run(), await run(...shipped)]
    const told = [first, source, again].map((result) => [result.code, documentOf(result).reused])
    assert.deepEqual(told, [
      [0, false],
      [0, false],
      [0, true],
    ])
    const { counts, notes } = documentOf(first) as { counts: Record<string, number>; notes: string[] }
    assert.equal(counts.UNKNOWN, 0)
    assert.match(notes[0]!, /have the same solutions/)
  })

  it('ends with 1 for what differs from its source, with the differences, and with 2 for what has no source', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('circuit.circom'), CONTRADICTION)
    const result = await zkclear(['audit', folder.file('circuit.circom'), '--shipped', 'O2'])
    assert.equal(result.code, 1, result.stderr)
    assert.match(result.stdout, /^DIFFERS O2: 3 constraints as written, \d simplified\n {2}dropped.*main\.x/m)
    const file = { nWires: 2, nOutputs: 1, nPublicInputs: 0, nPrivateInputs: 0 }
    await writeFile(folder.file('alone.r1cs'), r1csBytes({ ...file, constraints: [] }))
    const alone = await zkclear(['audit', folder.file('alone.r1cs'), '--shipped', 'O1', '--json'])
    assert.deepEqual([alone.code, errorOf(alone).code], [2, 'INPUT_INVALID'])
  })
})

describe('zkclear audit --vkey', () => {
  it('ends with 1 for the key of a dev set-up, by its contract, and says whose it is', async () => {
    await using folder = await temporaryDirectory()
    const { files } = await loadArtifacts(requireCircuit('margin-sufficiency'), 'small')
    const source = await soliditySource(
      requireCircuit('margin-sufficiency'),
      JSON.parse(await readFile(files.vkey, 'utf8')),
      {
        digest: 'ab',
        setup: 'dev',
      },
    )
    await writeFile(folder.file('Verifier.sol'), source)
    for (const path of [folder.file('Verifier.sol'), files.vkey]) {
      const result = await zkclear(['audit', '--vkey', path, '--json'])
      assert.equal(result.code, 1, result.stderr)
      const { verdict, faults } = documentOf(result)
      assert.deepEqual([verdict, (faults as { code: string }[]).map(({ code }) => code)], ['UNSAFE', ['DEV_KEY']])
    }
  })

  it('ends with 2 for what is no key, names the file, and asks for a circuit where there is neither', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('Empty.sol'), 'contract Empty {}')
    const cases = [
      [['audit', '--vkey', folder.file('Empty.sol'), '--json'], folder.file('Empty.sol')],
      [['audit', '--vkey', folder.file('absent.json'), '--json'], folder.file('absent.json')],
      [['audit', '--json'], '<circuit>'],
    ] as const
    for (const [args, path] of cases) {
      const result = await zkclear(args)
      assert.deepEqual([result.code, errorOf(result).path], [2, path])
    }
  })
})
