import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { r1cs as snarkjsR1cs } from 'snarkjs'
import { compileCircuit } from '../../circom/compile.ts'
import { parseR1cs, type R1cs, readR1cs } from '../../circom/r1cs.ts'
import { describeConstraint, parseSymbols, readSymbols } from '../../circom/symbols.ts'
import { preimage, product, TOY_SOURCES } from '../support/circuits/index.ts'
import { type R1csFile, r1csBytes } from '../support/r1cs-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('constraint systems', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let path: string
  let bytes: Buffer
  let symbols: string
  before(async () => {
    folder = await temporaryDirectory()
    const options = {
      definition: preimage,
      profile: 'small',
      directory: folder.path,
      sourceRoots: TOY_SOURCES,
    } as const
    const { files } = await compileCircuit(options)
    path = files.r1cs
    bytes = await readFile(path)
    symbols = files.sym
  })
  after(async () => {
    // snarkjs leaves its threads running.
    await globalThis.curve_bn128?.terminate()
    await folder[Symbol.asyncDispose]()
  })

  /** Row `part` (0 A, 1 B, 2 C) of a constraint as snarkjs shows it: wire -> coefficient. */
  function row(r1cs: R1cs, constraint: number, part: number) {
    const entries: [string, string][] = []
    for (let term = r1cs.offsets[3 * constraint + part]!; term < r1cs.offsets[3 * constraint + part + 1]!; term++) {
      entries.push([`${r1cs.wires[term]}`, `${r1cs.coefficients[r1cs.coefficientOf[term]!]}`])
    }
    return Object.fromEntries(entries)
  }

  test('are read as snarkjs reads them, term by term', async () => {
    const own = await readR1cs(path)
    const reference = (await snarkjsR1cs.exportJson(path)) as {
      nVars: number
      nConstraints: number
      constraints: Record<string, bigint>[][]
    }
    assert.equal(own.nWires, reference.nVars)
    assert.equal(own.nConstraints, reference.nConstraints)
    assert.deepEqual([own.nOutputs, own.nPublicInputs, own.nPrivateInputs, own.nPublic], [0, 2, 1, 2])
    assert.deepEqual(
      Array.from({ length: own.nConstraints }, (_, constraint) => [0, 1, 2].map((part) => row(own, constraint, part))),
      reference.constraints.map((parts) =>
        parts.map((terms) => Object.fromEntries(Object.entries(terms).map(([wire, value]) => [wire, `${value}`]))),
      ),
    )
    assert.equal(new Set(own.coefficients).size, own.coefficients.length)
  })

  test('cut short at any place are refused as ARTIFACT_CORRUPT', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        assert.throws(() => parseR1cs(bytes.subarray(0, length)), { code: 'ARTIFACT_CORRUPT' })
      }),
    )
  })

  test('with any byte changed are either read or refused, without an oversized allocation', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes)
        changed[at]! ^= flip
        try {
          const { wires, offsets } = parseR1cs(changed)
          assert.ok(wires.length + offsets.length < bytes.length)
        } catch (error) {
          assert.match((error as { code: string }).code, /^(ARTIFACT_CORRUPT|INPUT_INVALID)$/)
        }
      }),
      { numRuns: 500 },
    )
  })

  const headerAt = () => {
    const section = bytes.lastIndexOf(Buffer.from('010000004000000000000000', 'hex'))
    assert.ok(section > 0)
    return section + 12
  }
  for (const [field, offset] of [
    ['the wire count', 36],
    ['the output count', 40],
    ['the constraint count', 60],
  ] as const) {
    test(`whose header lies about ${field} are refused as ARTIFACT_CORRUPT`, () => {
      for (const lie of [0xffffffff, 0x7fffffff, 5000]) {
        const changed = Buffer.from(bytes)
        changed.writeUInt32LE(lie, headerAt() + offset)
        assert.throws(() => parseR1cs(changed), { code: 'ARTIFACT_CORRUPT' })
      }
    })
  }

  test('over another field are refused', () => {
    const changed = Buffer.from(bytes)
    changed[headerAt() + 4]! ^= 2
    assert.throws(() => parseR1cs(changed), { code: 'INPUT_INVALID', message: /BN254/ })
  })

  const file: R1csFile = { nWires: 3, nOutputs: 1, nPublicInputs: 0, nPrivateInputs: 1, constraints: [] }
  const listOf = (count: number) => new Uint8Array(Uint32Array.of(count).buffer)

  test('with custom gates or sections of unknown types are refused, for what they say would be left out', () => {
    for (const others of [
      { 4: listOf(1) },
      { 5: listOf(1) },
      { 4: listOf(0), 5: listOf(2) },
      { 4: new Uint8Array(3) },
    ]) {
      const gates = r1csBytes({ ...file, others })
      assert.throws(() => parseR1cs(gates), { code: 'INPUT_INVALID', message: /custom gates/ })
    }
    for (const type of [0, 6, 7, 1_000_000]) {
      const unknown = r1csBytes({ ...file, others: { [type]: new Uint8Array(8) } })
      assert.throws(() => parseR1cs(unknown), { code: 'INPUT_INVALID', message: new RegExp(`section of type ${type}`) })
    }
    assert.equal(parseR1cs(r1csBytes({ ...file, others: { 4: listOf(0), 5: listOf(0) } })).nWires, 3)
  })

  test('over a field of another size are refused, with a word for it', () => {
    const changed = r1csBytes({ ...file })
    changed[12 + 12] = 48
    assert.throws(() => parseR1cs(changed), { code: 'INPUT_INVALID', message: /32 bytes/ })
  })

  test('have sections in any order, each once', () => {
    for (const order of [
      [3, 1, 2],
      [2, 3, 1],
      [1, 3, 2],
    ]) {
      assert.deepEqual(parseR1cs(r1csBytes({ ...file, order })), parseR1cs(r1csBytes(file)))
    }
    for (const order of [[1, 2, 3, 1], [1, 2, 2, 3], [1, 2, 3, 3], [1, 2], [2, 3], [1, 3], []]) {
      assert.throws(() => parseR1cs(r1csBytes({ ...file, order })), { code: 'ARTIFACT_CORRUPT' })
    }
  })

  test('with sections that end early are refused', () => {
    const contents = r1csBytes({ ...file, constraints: [[[[1, 1n]], [[2, 1n]], []]] })
    for (const others of [1, 2, 3].flatMap((type) => [0, 1, 3, 4, 7, 23, 63].map((size) => ({ [type]: size })))) {
      const [[type, size]] = Object.entries(others) as [[string, number]]
      const cut = r1csBytes({
        ...file,
        constraints: [[[[1, 1n]], [[2, 1n]], []]],
        others: { [type]: contents.slice(24, 24 + size) },
      })
      assert.throws(
        () => parseR1cs(cut),
        { code: /^(ARTIFACT_CORRUPT|INPUT_INVALID)$/ },
        `section ${type}, ${size} bytes`,
      )
    }
  })

  test('with bytes after the end are refused', () => {
    const longer = Buffer.concat([bytes, Buffer.alloc(1)])
    assert.throws(() => parseR1cs(longer), { code: 'ARTIFACT_CORRUPT' })
  })

  test('that do not exist are FILE_UNREADABLE', async () => {
    await assert.rejects(readR1cs(folder.file('absent.r1cs')), { code: 'FILE_UNREADABLE' })
    await assert.rejects(readSymbols(folder.file('absent.sym')), { code: 'FILE_UNREADABLE' })
  })

  test('are described by the names of their signals', async () => {
    const names = await readSymbols(symbols)
    const r1cs = await readR1cs(path)
    assert.equal(names.wireOf('main.digest'), 1)
    assert.deepEqual(names.names(2).includes('main.bound'), true)
    assert.equal(names.wireOf('main.absent'), undefined)
    const described = Array.from({ length: r1cs.nConstraints }, (_, index) => describeConstraint(r1cs, names, index))
    assert.ok(described.some(({ signals }) => signals.includes('main.secret')))
    assert.ok(described.every(({ components }) => components.every((path) => path.startsWith('main'))))
    assert.throws(() => describeConstraint(r1cs, names, r1cs.nConstraints), { code: 'INPUT_INVALID' })
  })
})

test('a wire has all the names that simplification merged, and none that it dropped', () => {
  const names = parseSymbols('1,1,0,main.a\n2,-1,0,main.gone\n3,1,1,main.part.b\n')
  assert.deepEqual(names.names(1), ['main.a', 'main.part.b'])
  assert.equal(names.wireOf('main.part.b'), 1)
  assert.equal(names.wireOf('main.gone'), undefined)
  assert.deepEqual(names.names(0), [])
})

test('a malformed line of signal names is ARTIFACT_CORRUPT', () => {
  for (const text of ['1,1,0', 'x,1,0,main.a', '1,1,0,\n', '1;1;0;main.a']) {
    assert.throws(() => parseSymbols(text), { code: 'ARTIFACT_CORRUPT' })
  }
})

test('a circuit with public inputs only in linear terms keeps all of them', async () => {
  await using folder = await temporaryDirectory()
  const options = { definition: product, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
  const { files } = await compileCircuit(options)
  assert.equal((await readR1cs(files.r1cs)).nPublic, 3)
})
