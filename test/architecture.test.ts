import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { describe, it } from 'node:test'

/** What users install. Imports go one way: a folder may import those listed for it, and itself. */
const LIBRARY: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  circuits: ['protocol', 'venue'],
  circom: ['protocol', 'circuits'],
  verifier: ['protocol', 'circuits'],
  venue: ['protocol'],
  keys: ['protocol', 'circuits', 'circom', 'verifier'],
  prover: ['protocol', 'circuits', 'circom', 'verifier', 'keys'],
  settlement: ['protocol', 'circuits', 'circom', 'verifier', 'keys'],
  oracle: ['protocol', 'venue', 'settlement'],
  audit: ['protocol', 'circuits', 'circom'],
  log: ['protocol', 'venue'],
  client: ['protocol', 'circuits', 'venue', 'log', 'verifier', 'prover'],
  service: ['protocol', 'circuits', 'circom', 'verifier', 'venue', 'keys', 'prover', 'settlement', 'client', 'log'],
  cli: [
    ...['protocol', 'circuits', 'circom', 'verifier', 'venue', 'keys', 'prover', 'settlement', 'oracle', 'audit'],
    ...['client', 'log', 'service'],
  ],
}

const library = Object.keys(LIBRARY)

/** What the library is built, attacked and tested with: none of it is imported by the library. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ...LIBRARY,
  ignition: ['protocol', 'circuits', 'verifier', 'settlement'],
  hardhat: ['circuits', 'circom', 'keys', 'settlement'],
  lab: library.filter((folder) => folder !== 'cli'),
  scripts: [...library, 'lab', 'types'],
  test: [...library, 'lab', 'scripts', 'hardhat', 'ignition', 'types'],
}

const IMPORT = /\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)|^import '(\.[^']+)'/gm

function relativeImports(file: string, source = readFileSync(file, 'utf8')): string[] {
  return [...source.matchAll(IMPORT)].map((match) =>
    normalize(join(dirname(file), (match[1] ?? match[2] ?? match[3])!)),
  )
}

describe('the layout', () => {
  it('lists every folder of sources', () => {
    const folders = globSync('*/**/*.{ts,tsx}', {
      exclude: ['node_modules', 'dist', 'build', 'types', 'artifacts', 'cache'],
    })
    assert.deepEqual([...new Set(folders.map((file) => file.split(sep)[0]!))].sort(), Object.keys(MAY_IMPORT).sort())
  })

  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    it(`lets ${folder}/ import ${allowed.join(', ') || 'no other folder'}`, () => {
      const files = globSync(`${folder}/**/*.{ts,tsx}`)
      assert.ok(files.length > 0, `${folder}/ has no sources`)
      for (const file of files) {
        for (const target of relativeImports(file)) {
          const home = target.split('/')[0]!
          if (target === 'parameters.json' || target.endsWith('.md?raw')) continue
          assert.ok(home === folder || allowed.includes(home), `${file} imports ${target}`)
        }
      }
    })
  }

  it('has no circle of imports, of types neither', () => {
    const files = new Set(Object.keys(MAY_IMPORT).flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`)))
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), [...path.slice(path.indexOf(file)), file].join(' > '))
      if (done.has(file)) return
      for (const target of relativeImports(file)) if (files.has(target)) visit(target, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
  })

  it('exports no function, constant or class that no other file names', () => {
    const files = globSync(['*.ts', ...Object.keys(MAY_IMPORT).map((folder) => `${folder}/**/*.{ts,tsx,mjs,cjs}`)])
    const sources = files.map((file) => readFileSync(file, 'utf8'))
    const words = sources.map((source) => new Set(source.match(/\w+/g)))
    const exported = /^export (?:async |abstract )*(?:function\*?|const|class) (\w+)/gm
    const unused = sources.flatMap((source, own) =>
      [...source.matchAll(exported)]
        .map(([, name]) => name!)
        .filter((name) => !words.some((other, index) => index !== own && other.has(name)))
        .map((name) => `${files[own]}: ${name}`),
    )
    assert.deepEqual(unused, [])
  })

  it('keeps the core of the prover, and the client of a venue, free of node, files and threads, so that a browser can have it', () => {
    const core = [
      'prover/prover.ts',
      'circom/witness-calculator.ts',
      'circuits/index.ts',
      'verifier/verify.ts',
      'client/index.ts',
      'client/margin/index.ts',
    ]
    const seen = new Set(core)
    for (const file of seen) {
      const source = readFileSync(file, 'utf8').replace(/^(import|export) type [^']*'[^']*'$/gm, '')
      assert.doesNotMatch(source, /from 'node:|from 'piscina'|\bBuffer\./, file)
      for (const target of relativeImports(file, source)) if (target.endsWith('.ts')) seen.add(target)
    }
  })

  it('gives circom files bare includes only, and lib/ no protocol noun', () => {
    for (const file of globSync('circuits/**/*.circom')) {
      for (const [, include] of readFileSync(file, 'utf8').matchAll(/^include "([^"]+)";/gm)) {
        assert.ok(!include!.startsWith('.'), `${file} includes ${include}`)
        if (file.startsWith(join('circuits', 'lib'))) {
          assert.match(include!, /^(lib|circomlib)\//, `${file} includes ${include}`)
        }
        if (file.startsWith(join('circuits', 'state'))) {
          assert.match(include!, /^(lib|state|circomlib)\//, `${file} includes ${include}`)
        }
      }
    }
  })

  it('mints tags in lib/range.circom alone: no other file assigns one, but a gadget its own output', () => {
    for (const file of globSync('circuits/**/*.circom')) {
      const minted = [...readFileSync(file, 'utf8').matchAll(/^\s*(\w+)\.maxbit = /gm)].map(([, name]) => name)
      if (file.endsWith(join('lib', 'range.circom'))) continue
      assert.deepEqual(
        minted.filter((name) => name !== 'out'),
        [],
        file,
      )
    }
  })

  it('argues every `<--` of circom in a comment above its template', () => {
    for (const file of globSync('circuits/**/*.circom')) {
      for (const template of readFileSync(file, 'utf8')
        .split(/^(?=\/\/|template)/m)
        .join('')
        .split(/^}/m)) {
        if (!/<--/.test(template.replace(/\/\/.*$/gm, ''))) continue
        assert.match(template, /Soundness of `<--`/, `${file}: ${/template \w+/.exec(template)?.[0]}`)
      }
    }
  })
})
