import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { type CompileOptions, compileCircuit } from '../../circom/compile.ts'
import { parseCounts, unconstrainedFindings } from '../../circom/compiler-output.ts'
import { CompilerProcess } from '../../circom/compiler-process.ts'
import { type CompilableCircuit, circuitSources, mainComponent } from '../../circom/main-component.ts'
import type { Progress } from '../../circuits/types.ts'
import { below, broken, negligent, preimage, product, signed, TOY_SOURCES } from '../support/circuits/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('compileCircuit', () => {
  test('writes r1cs, wasm and sym of a generated main component and nothing else', async () => {
    await using folder = await temporaryDirectory()
    const options = { definition: below, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
    const compilation = await compileCircuit(options)
    const files = ['circuit.r1cs', 'circuit.sym', 'circuit.wasm', 'main.circom']
    assert.deepEqual((await readdir(folder.path)).sort(), files)
    const main = await readFile(compilation.files.main, 'utf8')
    assert.match(main, /^component main \{public \[bound\]\} = Below\(36\);$/m)
    assert.deepEqual(compilation.counts, { linear: 0, nonLinear: 108, total: 108, wires: 108, labels: 119 })
    assert.ok(compilation.peakBytes > 0)
  })

  test('simplifies less at a lower optimisation level', async () => {
    await using folder = await temporaryDirectory()
    const options = { definition: below, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
    const { counts } = await compileCircuit({ ...options, optimization: 'O0' })
    assert.ok(counts.linear > 0 && counts.wires === counts.labels)
  })

  test("compiles library templates with unconstrained signals of the library's own", async () => {
    await using folder = await temporaryDirectory()
    const options = { definition: signed, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
    const { counts } = await compileCircuit(options)
    assert.ok(counts.total > 4000 && counts.total < 4500)
  })

  test('refuses one of our templates with a signal that no constraint mentions, and names it', async () => {
    await using folder = await temporaryDirectory()
    const options = {
      definition: negligent,
      profile: 'small',
      directory: folder.path,
      sourceRoots: TOY_SOURCES,
    } as const
    await assert.rejects(compileCircuit(options), { code: 'COMPILE_FAILED', message: /Negligent.*forgotten/ })
    await compileCircuit({ ...options, inspect: false })
  })

  test("passes circom's own message on when it cannot compile", async () => {
    await using folder = await temporaryDirectory()
    const options = { definition: broken, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
    await assert.rejects(compileCircuit(options), { code: 'COMPILE_FAILED', message: /Undeclared symbol/ })
  })

  test('says which include is nowhere', async () => {
    await using folder = await temporaryDirectory()
    const definition = { ...product, source: 'absent.circom' }
    const options = { definition, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
    await assert.rejects(compileCircuit(options), { code: 'COMPILE_FAILED', message: /"absent\.circom"/ })
  })

  test('stops with ABORTED before and during a compilation', async () => {
    await using folder = await temporaryDirectory()
    const options = { definition: signed, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
    await assert.rejects(compileCircuit({ ...options, signal: AbortSignal.abort() }), { code: 'ABORTED' })
    const controller = new AbortController()
    const onProgress = () => controller.abort()
    await assert.rejects(compileCircuit({ ...options, signal: controller.signal, onProgress }), { code: 'ABORTED' })
  })

  test('compiles one circuit after another in the same process, also after one that fails or is stopped', async () => {
    await using folder = await temporaryDirectory()
    using compiler = new CompilerProcess()
    const compile = (definition: CompilableCircuit, more: Partial<CompileOptions> = {}) => {
      const options = { definition, profile: 'small', sourceRoots: TOY_SOURCES, compiler } as const
      return compileCircuit({ ...options, directory: folder.file(definition.name), ...more })
    }
    const controller = new AbortController()
    const onProgress = ({ fraction }: Progress) => fraction > 0 && controller.abort()
    const [, first, stopped, second] = await Promise.allSettled([
      compile(broken),
      compile(product),
      compile(signed, { signal: controller.signal, onProgress }),
      compile(below),
    ])
    using own = new CompilerProcess()
    const alone = await compile(below, { directory: folder.file('alone'), compiler: own })
    assert.equal(first.status, 'fulfilled')
    assert.equal(stopped.status === 'rejected' && stopped.reason.code, 'ABORTED')
    assert.ok(second.status === 'fulfilled')
    assert.deepEqual(second.value.counts, alone.counts)
    for (const kind of ['r1cs', 'sym', 'wasm'] as const) {
      assert.deepEqual(await readFile(second.value.files[kind]), await readFile(alone.files[kind]), kind)
    }
  })

  test('reports progress from 0 to 1 that never falls', async () => {
    await using folder = await temporaryDirectory()
    const fractions: number[] = []
    const options = { definition: product, profile: 'small', directory: folder.path, sourceRoots: TOY_SOURCES } as const
    await compileCircuit({ ...options, onProgress: ({ fraction }) => fractions.push(fraction) })
    assert.equal(fractions[0], 0)
    assert.equal(fractions.at(-1), 1)
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    )
  })
})

test('a circuit without public inputs gets a main component without a list of them', () => {
  assert.match(mainComponent({ ...product, publicSignals: [] }, 'small'), /^component main = Product\(\);$/m)
})

test('arguments that belong together stand in brackets', () => {
  const main = mainComponent({ ...product, publicSignals: ['y'], templateArguments: () => [[4, 2], 7] }, 'small')
  assert.match(main, /^component main {public \[y\]} = Product\(\[4, 2\], 7\);$/m)
})

test('the sources of a circuit are its own file and what the library includes in turn', () => {
  const { files, ownTemplates } = circuitSources(preimage, TOY_SOURCES)
  const own = files.filter((file) => file.own).map((file) => file.path)
  assert.deepEqual(own, ['preimage.circom'])
  assert.deepEqual([...ownTemplates], ['Preimage'])
  const paths = files.map((file) => file.path)
  for (const name of ['comparators', 'poseidon', 'poseidon_constants']) {
    assert.ok(paths.includes(`circomlib/circuits/${name}.circom`), name)
  }
})

test('findings in our own templates are kept apart from those in the library', () => {
  const output = `\u001b[1m\u001b[38;5;11mwarning[CA01]\u001b[0m\u001b[1m: In template "Preimage(8)": Local signal x does not appear in any constraint\u001b[0m

\u001b[1mwarning[CA02]\u001b[0m: In template "Preimage(8)": Subcomponent input/output signal y does not appear in any constraint of the father component

warning[CA01]: In template "WindowMulFix()": Array of local signals z contains a total of 2 signals that do not appear in any constraint
 = For example: z[0], z[1].

`
  const { own, library } = unconstrainedFindings(output, circuitSources(preimage, TOY_SOURCES))
  assert.deepEqual(own, [
    {
      template: 'Preimage(8)',
      message: 'In template "Preimage(8)": Local signal x does not appear in any constraint',
    },
  ])
  assert.deepEqual(
    library.map((finding) => finding.template),
    ['WindowMulFix()'],
  )
})

test('output without counts is not taken for success', () => {
  assert.equal(parseCounts('Everything went okay'), undefined)
})
