import assert from 'node:assert/strict'
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { openBoundarySubject } from '../../audit/boundary-subject.ts'
import { compileCorpus } from '../../lab/corpus/compiled.ts'
import { CORPUS } from '../../lab/corpus/corpus.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const MAIN = `pragma circom 2.2.3;
include "../shared/square.circom";
include "circomlib/circuits/bitify.circom";
/* component main = Nothing(); */
template Main(n) {
    signal input a; // component main = Nothing();
    signal output out <== Square()(a);
    _ <== Num2Bits(n)(a);
}
component main {public [a]} = Main(4 + 4);
`
const SQUARE = `pragma circom 2.2.3;
include "own/half.circom";
template Square() { signal input x; signal output y <== x * x; }
`
const HALF = 'pragma circom 2.2.3;\nfunction half(x) { return x / 2; }\n'

async function project() {
  const folder = await temporaryDirectory()
  for (const name of ['circuits', 'shared', 'library/own']) await mkdir(folder.file(name), { recursive: true })
  await writeFile(folder.file('circuits/main.circom'), MAIN)
  await writeFile(folder.file('shared/square.circom'), SQUARE)
  await writeFile(folder.file('library/own/half.circom'), HALF)
  return folder
}

suite('the circuit that a boundary test is about', () => {
  test('is compiled from a .circom file, wherever it includes from, and asked behind its checks', async () => {
    await using folder = await project()
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('zkclear-audit-'))
    const options = { libraries: [folder.file('library')] }
    const subject = await openBoundarySubject(folder.file('circuits/main.circom'), options)
    assert.deepEqual([subject.r1cs.nOutputs, subject.r1cs.nPublicInputs], [1, 1])
    const out = subject.symbols.wireOf('main.out')!
    assert.equal(subject.witness({ a: 255n })![out], 65_025n)
    assert.equal(subject.witness({ a: 256n }), undefined)
    assert.equal(subject.uncheckedWitness!({ a: 256n })![out], 65_536n)
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('zkclear-audit-'))
    assert.deepEqual(
      after.filter((name) => !before.includes(name)),
      [],
      'nothing is left behind',
    )
  })

  test('is a template of the file, if one is named', async () => {
    await using folder = await project()
    const file = folder.file('shared/square.circom')
    const libraries = [folder.file('library')]
    await assert.rejects(openBoundarySubject(file, { libraries }), {
      code: 'INPUT_INVALID',
      path: file,
      message: /--template/,
    })
    const subject = await openBoundarySubject(file, { libraries, template: 'Square' })
    assert.equal(subject.witness({ x: 3n })![1], 9n)
  })

  test("passes on circom's own words for a file that does not compile", async () => {
    await using folder = await project()
    const file = folder.file('circuits/main.circom')
    await assert.rejects(openBoundarySubject(file), { code: 'INPUT_INVALID', path: file, message: /own\/half\.circom/ })
    await writeFile(file, MAIN.replace('Square()(a)', 'Square()(b)'))
    const opening = openBoundarySubject(file, { libraries: [folder.file('library')] })
    await assert.rejects(opening, { code: 'INPUT_INVALID', path: file, message: /error/ })
  })

  test('is read from compiled files, in either layout', async () => {
    await using folder = await temporaryDirectory()
    const files = await compileCorpus(CORPUS.find(({ name }) => name === 'WholeZeroTest')!)
    for (const [kind, path] of Object.entries(files)) await cp(path, folder.file(`circuit.${kind}`))
    await mkdir(folder.file('other_js'))
    await cp(files.r1cs, folder.file('other.r1cs'))
    await cp(files.sym, folder.file('other.sym'))
    await cp(files.wasm, folder.file(join('other_js', 'other.wasm')))
    for (const target of [folder.path, folder.file('other.r1cs')]) {
      const { witness, uncheckedWitness, r1cs } = await openBoundarySubject(target)
      assert.equal(witness({ in: 0n })![1], 1n)
      assert.equal(uncheckedWitness, undefined)
      assert.equal(r1cs.nOutputs, 1)
    }
    await writeFile(folder.file('circuit.wasm'), 'no program')
    await assert.rejects(openBoundarySubject(folder.path), { code: 'ARTIFACT_CORRUPT' })
    await assert.rejects(openBoundarySubject(folder.file('nowhere.r1cs')), { code: 'FILE_UNREADABLE' })
    await assert.rejects(openBoundarySubject(folder.file('nowhere.circom')), { code: 'FILE_UNREADABLE' })
  })
})
