import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, it } from 'node:test'
import { openAuditSubject } from '../../audit/audit-subject.ts'
import { openBoundarySubject } from '../../audit/boundary-subject.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const PLAIN = 'pragma circom 2.2.3;\ntemplate T() { signal input x; signal output o <== x * x; }\n'
const CUSTOM = `pragma circom 2.2.3;
pragma custom_templates;
template custom Square() { signal input x; signal output o <-- x * x; }
`
const OPENERS = [openAuditSubject, openBoundarySubject]

describe('a .circom file of anybody', () => {
  const refused: Record<string, [text: string, message: RegExp]> = {
    'does not parse': ['template {\ncomponent main = T();', /error/],
    'does not compile': [`${PLAIN}component main = U();`, /error/],
    'includes what is nowhere': [
      `include "nowhere.circom";\n${PLAIN}component main = T();`,
      /nowhere\.circom.*\(--library\)$/,
    ],
    "includes a file of circomlib's by its name alone": [
      `include "comparators.circom";\n${PLAIN}component main = T();`,
      /"circomlib\/circuits\/comparators\.circom" needs none/,
    ],
    'has no main component': [PLAIN, /--template/],
    'is empty': ['', /--template/],
    'has custom gates': [`${CUSTOM}component main = Square();`, /custom gates/],
    'has custom gates that its first line tells of': [
      `${CUSTOM.replace(';\n', '; ')}component main = Square();`,
      /custom gates/,
    ],
    'includes custom gates': [`include "custom.circom";\n${PLAIN}component main = T();`, /custom gates/],
  }
  for (const [what, [text, message]] of Object.entries(refused)) {
    it(`is refused with INPUT_INVALID if it ${what}`, async () => {
      await using folder = await temporaryDirectory()
      await writeFile(folder.file('custom.circom'), CUSTOM)
      await writeFile(folder.file('circuit.circom'), text)
      for (const open of OPENERS) {
        await assert.rejects(open(folder.file('circuit.circom')), { code: 'INPUT_INVALID', message })
      }
    })
  }

  it('that does not compile is told of by its own name and lines, and so is what it includes', async () => {
    await using folder = await temporaryDirectory()
    const file = folder.file('circuit.circom')
    const faults: Record<string, [text: string, place: string]> = {
      'in the file': [
        `${PLAIN}template U() {\n  signal input x;\n  x === y;\n}\ncomponent main = U();`,
        `"${file}":5:`,
      ],
      'in the main component': [`${PLAIN}\n\ncomponent main = T(1);`, `"${file}":5`],
      'in an include': [
        `pragma circom 2.2.3;\ninclude "broken.circom";\ncomponent main = V();`,
        `"${folder.file('broken.circom')}":2:`,
      ],
    }
    await writeFile(folder.file('broken.circom'), 'pragma circom 2.2.3;\ntemplate V() { signal input x; x === z; }\n')
    for (const [where, [text, place]] of Object.entries(faults)) {
      await writeFile(file, text)
      for (const open of OPENERS) {
        await assert.rejects(open(file), (error: Error) => {
          assert.ok(error.message.includes(place), `${where}: ${error.message}`)
          assert.doesNotMatch(error.message, /\/circuits\/|\/out\//)
          return true
        })
      }
    }
    await writeFile(file, PLAIN)
    await assert.rejects(
      openAuditSubject(file, { template: 'T', templateArguments: [1] }),
      /main component that --template/,
    )
  })

  it('with custom gates in comments alone is read, also by a link to it', async () => {
    await using folder = await temporaryDirectory()
    await mkdir(folder.file('folder'))
    const comment = '/*\npragma custom_templates;\n*/\n'
    await writeFile(folder.file('folder/real.circom'), `${comment}${PLAIN}component main = T();`)
    await symlink(folder.file('folder/real.circom'), folder.file('link.circom'))
    assert.equal((await openAuditSubject(folder.file('link.circom'))).r1cs.nConstraints, 1)
  })

  it('is FILE_UNREADABLE if it or what it includes is missing or a folder', async () => {
    await using folder = await temporaryDirectory()
    await mkdir(folder.file('folder.circom'))
    await writeFile(folder.file('circuit.circom'), `include "folder.circom";\n${PLAIN}component main = T();`)
    for (const name of ['absent.circom', 'folder.circom', 'circuit.circom']) {
      for (const open of OPENERS) await assert.rejects(open(folder.file(name)), { code: 'FILE_UNREADABLE' })
    }
  })

  describe('is compiled with what circom would include', () => {
    /** Constraints of main.circom, in a folder of such files. */
    const constraintsOf = async (files: Record<string, string>) => {
      await using folder = await temporaryDirectory()
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(folder.file(name)), { recursive: true })
        await writeFile(folder.file(name), text.replaceAll('$FOLDER', folder.path))
      }
      const libraries = ['first', 'second'].map(folder.file)
      return (await openAuditSubject(folder.file('main.circom'), { libraries })).r1cs.nConstraints
    }
    const gadget = (constraints: number) =>
      `pragma circom 2.2.3;\ntemplate G() { signal input x;${' x * x === 1;'.repeat(constraints)} }\n`
    /** One constraint more than the gadget, for its input. */
    const T = 'template T() { signal input x; G()(x); }\n'
    const main = (...includes: string[]) =>
      `pragma circom 2.2.3; ${includes.map((include) => `include "${include}";`).join(' ')}\ncomponent main = T();`

    it('from beside the file that includes it, then from the libraries in their order', async () => {
      const nested = { 'main.circom': main('inner/t.circom'), 'inner/t.circom': `include "g.circom";\n${T}` }
      const libraries = { 'second/g.circom': gadget(3), 'g.circom': gadget(5) }
      assert.equal(await constraintsOf({ ...nested, ...libraries, 'inner/g.circom': gadget(1) }), 2)
      assert.equal(await constraintsOf({ ...nested, ...libraries, 'first/g.circom': gadget(2) }), 3)
      // What stands beside the main file is not beside the file that includes it.
      assert.equal(await constraintsOf({ ...nested, ...libraries }), 4)
      // circom finds this nowhere.
      assert.equal(await constraintsOf({ ...nested, 'g.circom': gadget(5) }), 6)
    })

    it('but for the file itself, which is the one that was named', async () => {
      const files = { 'main.circom': `${gadget(1)}component main = G();`, 'first/main.circom': gadget(2) }
      assert.equal(await constraintsOf(files), 1)
    })

    it('wherever in a line, and with whatever comments, the include stands', async () => {
      const circomlib = 'circomlib/circuits/comparators.circom'
      const [t, library] = [{ 't.circom': T }, { [`second/${circomlib}`]: gadget(4) }]
      assert.equal(await constraintsOf({ 'main.circom': main(circomlib, 't.circom'), ...t, ...library }), 5)
      for (const include of [
        `/* the */ include "${circomlib}";`,
        `include"${circomlib}" ;`,
        `include // it\n "${circomlib}"; `,
        `// include "t.circom";\n\tinclude\n"${circomlib}"\n;`,
        'include "$FOLDER/second/circomlib/circuits/comparators.circom";',
      ]) {
        const text = `pragma circom 2.2.3; ${include}\n${T}component main = T();`
        assert.equal(await constraintsOf({ 'main.circom': text, ...library }), 5, include)
      }
    })

    it('but for what only a text speaks of', async () => {
      const text = `${gadget(1).replace('x;', 'x; log("include ", ";"); log("include");')}component main = G();`
      assert.equal(await constraintsOf({ 'main.circom': text }), 1)
    })
  })

  it('is OUTPUT_UNWRITABLE if there is no folder to work in', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('circuit.circom'), `${PLAIN}component main = T();`)
    const before = process.env.TMPDIR
    process.env.TMPDIR = folder.file('absent')
    try {
      await assert.rejects(openAuditSubject(folder.file('circuit.circom')), { code: 'OUTPUT_UNWRITABLE' })
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
  })
})
