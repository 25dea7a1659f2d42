import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
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
    'includes what is nowhere': [`include "nowhere.circom";\n${PLAIN}component main = T();`, /nowhere\.circom/],
    'has no main component': [PLAIN, /--template/],
    'is empty': ['', /--template/],
    'has custom gates': [`${CUSTOM}component main = Square();`, /custom gates/],
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
