import assert from 'node:assert/strict'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { CORPUS_ROOT } from '../../lab/corpus/compiled.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { r1csBytes } from '../support/r1cs-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const UNUSED = `${CORPUS_ROOT}/unused.circom`
const WRAPS = `${CORPUS_ROOT}/wraps.circom`

interface Sarif {
  version: string
  runs: {
    tool: { driver: { rules: { id: string }[] } }
    invocations: { exitCode: number; toolExecutionNotifications: { message: { text: string } }[] }[]
    results: {
      ruleId: string
      ruleIndex: number
      level: string
      message: { text: string }
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } }
        logicalLocations: { fullyQualifiedName: string }[]
      }[]
      suppressions?: { justification: string }[]
    }[]
  }[]
}

/** A circuit with an unused output, a forged one, and a gadget beyond its range. */
const MIXED = `pragma circom 2.2.3;
include "circomlib/circuits/comparators.circom";

template Inner() {
    signal input in;
    signal output out;
    signal output
        lost;
    out <-- in * 2;
}

template Mixed() {
    signal input a;
    signal input b;
    signal output less;
    signal output free;
    signal output none;
    less <== LessThan(16)([a, b]);
    component inner = Inner();
    inner.in <== a;
    free <== inner.out;
}

component main = Mixed();
`

async function mixed(folder: { path: string; file(name: string): string }, ...more: string[]) {
  await writeFile(folder.file('mixed.circom'), MIXED)
  return zkclear(['audit', 'mixed.circom', '--all', '--timeout', '900', ...more], { cwd: folder.path })
}

describe('the verdict UNUSED', () => {
  it('is that of an output which no constraint mentions: it ends with 1 under each policy, without witnesses', async () => {
    await using folder = await temporaryDirectory()
    for (const template of ['UnboundNullifier', 'HalfOfPrices']) {
      for (const policy of ['unknown', 'range', 'forged']) {
        const args = ['audit', UNUSED, '--template', template, '--json', '--policy', policy]
        const result = await zkclear(args, { cwd: folder.path })
        assert.equal(result.code, 1, result.stderr)
        const { counts, findings } = documentOf(result) as { counts: Record<string, number>; findings: object[] }
        assert.equal(counts.FORGED, 0)
        assert.equal(findings.length, 1)
        assert.match(JSON.stringify(findings), /"UNUSED".*the output main\.(nullifier|doubled\[1\])/)
      }
    }
    assert.deepEqual(await readdir(folder.path), [])
  })

  it('of a signal inside fails under the policy unknown alone', async () => {
    for (const [policy, code] of [
      ['unknown', 1],
      ['range', 0],
      ['forged', 0],
    ] as const) {
      const args = ['audit', UNUSED, '--template', 'UnreadFlag', '--all', '--policy', policy]
      const result = await zkclear(args)
      assert.equal(result.code, code, result.stderr)
      assert.match(result.stdout, /^UNUSED main\.isSound\n {2}no constraint mentions main\.isSound/m)
    }
  })
})

describe('the verdict RANGE', () => {
  it('comes with a witness, the assumption and numbers; it fails unless only forgeries count', async () => {
    await using folder = await temporaryDirectory()
    const args = ['audit', WRAPS, '--template', 'AtMostUnbounded', '--arguments', '16']
    const result = await zkclear([...args, '--json'], { cwd: folder.path })
    assert.equal(result.code, 1, result.stderr)
    const [range] = documentOf(result).ranges as Record<string, unknown>[]
    assert.equal(range!.gadget, 'comparison')
    assert.equal(range!.bits, 17)
    assert.match(range!.assumption as string, /in 17 bits assumes numbers below 2\^16, and no constraint keeps/)
    assert.match(range!.shown as string, /= r - \d+.* every constraint holds/)
    const [witness] = range!.witnesses as string[]
    assert.equal((await stat(folder.file(witness!))).mode & 0o777, 0o600)
    assert.ok(!('witness' in range!))

    const lenient = await zkclear([...args, '--policy', 'forged'], { cwd: folder.path })
    assert.equal(lenient.code, 0, lenient.stderr)
    const twin = await zkclear(['audit', WRAPS, '--template', 'AtMostBounded', '--arguments', '16', '--json'])
    assert.deepEqual([twin.code, documentOf(twin).ranges], [0, []])
  })
})

describe('zkclear audit --format', () => {
  it('sarif has a rule for each kind, and a result with its place in the sources for each finding', async () => {
    await using folder = await temporaryDirectory()
    const result = await mixed(folder, '--format', 'sarif')
    assert.equal(result.code, 1, result.stderr)
    const log = JSON.parse(result.stdout) as Sarif
    assert.equal(log.version, '2.1.0')
    const [run] = log.runs as [Sarif['runs'][number]]
    const { rules } = run.tool.driver
    assert.equal(run.invocations[0]!.exitCode, 1)
    const found = run.results.map(({ ruleId, ruleIndex, locations: [place] }) => {
      assert.equal(rules[ruleIndex]!.id, ruleId)
      assert.equal(place!.physicalLocation.artifactLocation.uri, 'mixed.circom')
      return `${ruleId} ${place!.logicalLocations[0]!.fullyQualifiedName} ${place!.physicalLocation.region.startLine}`
    })
    for (const expected of [
      'zkclear/forged main.free 16',
      'zkclear/unused main.none 17',
      'zkclear/unused main.inner.lost 8',
    ]) {
      assert.ok(found.includes(expected), found.join('\n'))
    }
    assert.ok(
      found.some((one) => one.startsWith('zkclear/range main.')),
      found.join('\n'),
    )
  })

  it('junit has a test case for each target, in XML that is well-formed', async () => {
    await using folder = await temporaryDirectory()
    const result = await mixed(folder, '--format', 'junit')
    assert.equal(result.code, 1, result.stderr)
    const [, tests, failures] = /<testsuites name="zkclear audit" tests="(\d+)" failures="(\d+)"/.exec(result.stdout)!
    assert.equal(result.stdout.match(/<testcase /g)!.length, Number(tests))
    assert.equal(result.stdout.match(/<failure /g)!.length, Number(failures))
    assert.match(result.stdout, /name="FORGED main\.free" file="[^"]*mixed\.circom" line="16"/)
    assert.match(result.stdout, /<failure type="UNUSED" message="no constraint mentions the output main\.none/)
    assertWellFormed(result.stdout)
  })

  it('goes into the file of --output, and standard output has the summary', async () => {
    await using folder = await temporaryDirectory()
    const result = await mixed(folder, '--format', 'sarif', '--output', 'audit.sarif')
    assert.equal(result.code, 1, result.stderr)
    assert.match(result.stdout, /^FAILED: \d+ new/m)
    assert.ok(result.stdout.split('\n').length <= 24, result.stdout)
    assert.equal(JSON.parse(await readFile(folder.file('audit.sarif'), 'utf8')).version, '2.1.0')

    const both = await mixed(folder, '--format', 'junit', '--output', 'audit.xml', '--json')
    assert.equal(documentOf(both).failed, true)
    assertWellFormed(await readFile(folder.file('audit.xml'), 'utf8'))
  })

  it('is refused where two reports would share standard output, and before any work where a file cannot be written', async () => {
    await using folder = await temporaryDirectory()
    const shared = await mixed(folder, '--format', 'sarif', '--json')
    assert.deepEqual([shared.code, errorOf(shared).path], [2, '--format'])
    const nowhere = await mixed(folder, '--output', 'absent/audit.txt', '--json')
    assert.deepEqual([nowhere.code, errorOf(nowhere).code], [2, 'OUTPUT_UNWRITABLE'])
    const other = await zkclear(['audit', 'mixed.circom', '--equivalence', '--format', 'sarif'], { cwd: folder.path })
    assert.equal(other.code, 2)
  })
})

describe('zkclear audit --html', () => {
  it('writes a page that asks for nothing else, with the graph around what is open', async () => {
    await using folder = await temporaryDirectory()
    const result = await mixed(folder, '--html', 'audit.html')
    assert.equal(result.code, 1, result.stderr)
    const page = await readFile(folder.file('audit.html'), 'utf8')
    assert.match(page, /default-src 'none'/)
    assert.doesNotMatch(page, /https?:|<script|<img|<link|url\(/)
    assert.match(page, /prefers-color-scheme: dark/)
    assert.match(page, /<svg [\s\S]*<title>FORGED main\.free<\/title>[\s\S]*<\/svg>/)
    assert.match(page, /mixed\.circom:16/)
  })

  it('shows names as they are, whatever is in them', async () => {
    await using folder = await temporaryDirectory()
    const constraints = [[[[0, 1n]], [[1, 1n]], [[2, 1n]]]] as const
    const file = { nWires: 3, nOutputs: 1, nPublicInputs: 0, nPrivateInputs: 0, constraints }
    await writeFile(folder.file('free.r1cs'), r1csBytes(file))
    await writeFile(folder.file('free.sym'), '1,1,0,main.<script>&"\n2,2,0,main.u\n')
    const args = ['audit', 'free.r1cs', '--html', 'audit.html', '--format', 'junit', '--output', 'audit.xml']
    const result = await zkclear(args, { cwd: folder.path })
    assert.equal(result.code, 1, result.stderr)
    const page = await readFile(folder.file('audit.html'), 'utf8')
    assert.ok(!page.includes('<script'))
    assert.ok(page.includes('main.&lt;script&gt;&amp;&quot;'))
    assertWellFormed(await readFile(folder.file('audit.xml'), 'utf8'))
  })
})

describe('zkclear audit --baseline', () => {
  it('fails for what is new alone, keeps reasons, and names what is no longer found', async () => {
    await using folder = await temporaryDirectory()
    const written = await mixed(folder, '--baseline', 'known', '--write-baseline', '--json')
    assert.equal(written.code, 0, written.stderr)
    const lines = (await readFile(folder.file('known'), 'utf8')).trim().split('\n')
    assert.ok(lines.includes('UNUSED main.none (public) # no reason yet'), lines.join('\n'))

    assert.match(
      (await mixed(folder, '--baseline', 'known')).stdout,
      /^FAILED: 0 new, [2-9] without a reason, 0 known/m,
    )
    const given = lines.map((line) => line.replace(/^(UNUSED main\.none .*)no reason yet/, '$1a relic'))
    await writeFile(folder.file('known'), `${given.join('\n')}\n`)
    const half = await mixed(folder, '--baseline', 'known')
    assert.equal(half.code, 1, half.stderr)
    assert.match(half.stdout, /\n {2}in the baseline without a reason\n/)
    assert.match(half.stdout, /^FAILED: 0 new, [1-9] without a reason, 1 known/m)

    const all = given.map((line) => line.replace('no reason yet', 'looked at'))
    await writeFile(folder.file('known'), `${all.join('\n')}\nFORGED main.gone # was here\n`)
    const known = await mixed(folder, '--baseline', 'known')
    assert.equal(known.code, 0, known.stderr)
    assert.match(known.stdout, /stale in the baseline: FORGED main\.gone/)
    assert.match(known.stdout, /^PASSED: 0 new/m)

    const rewritten = await mixed(folder, '--baseline', 'known', '--write-baseline')
    assert.equal(rewritten.code, 0, rewritten.stderr)
    const after = await readFile(folder.file('known'), 'utf8')
    assert.match(after, /UNUSED main\.none \(public\) # a relic/)
    assert.doesNotMatch(after, /main\.gone/)

    const part = ['audit', 'mixed.circom', '--signal', 'main.less', '--baseline', 'known', '--write-baseline']
    const inPart = await zkclear(part, { cwd: folder.path })
    assert.equal(inPart.code, 0, inPart.stderr)
    assert.equal(
      await readFile(folder.file('known'), 'utf8'),
      after,
      'of what was not asked about nothing is forgotten',
    )

    await writeFile(folder.file('known'), after.replace(/^UNUSED main\.none.*\n/m, ''))
    const fresh = await mixed(folder, '--baseline', 'known', '--format', 'sarif')
    assert.equal(fresh.code, 1, fresh.stderr)
    const { results } = (JSON.parse(fresh.stdout) as Sarif).runs[0]!
    const open = results.filter(({ suppressions }) => suppressions === undefined)
    assert.deepEqual(
      open.map(({ locations }) => locations[0]!.logicalLocations[0]!.fullyQualifiedName),
      ['main.none'],
    )
  })

  it('is refused with its line where it is none, and where there is none to write', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('known'), '# a comment\n\nFORGED main.x\n')
    const broken = await mixed(folder, '--baseline', 'known', '--json')
    assert.deepEqual([broken.code, errorOf(broken).path], [2, 'known'])
    assert.match(errorOf(broken).message, /line 3/)
    const absent = await mixed(folder, '--baseline', 'absent', '--json')
    assert.deepEqual([absent.code, errorOf(absent).code], [2, 'FILE_UNREADABLE'])
    assert.match(errorOf(absent).message, /--write-baseline/)
    const none = await mixed(folder, '--write-baseline', '--json')
    assert.deepEqual([none.code, errorOf(none).path], [2, '--write-baseline'])
  })
})

describe('zkclear audit --changed', () => {
  it('uses the result of before while constraints, options and witnesses are as they were, and only then', async () => {
    await using folder = await temporaryDirectory()
    const first = documentOf(await mixed(folder, '--changed', '--json'))
    assert.equal(first.reused, false)
    const again = await mixed(folder, '--changed', '--json')
    assert.equal(again.code, 1, again.stderr)
    assert.deepEqual(documentOf(again), { ...first, reused: true })
    assert.match((await mixed(folder, '--changed')).stdout, /\nthis is the result of before: .*\n$/)

    const other = documentOf(await mixed(folder, '--changed', '--json', '--seed', '2'))
    assert.equal(other.reused, false)
    assert.equal((await stat(folder.file('.zkclear-audit.json'))).mode & 0o777, 0o600)

    const commented = MIXED.replace('component main', '// a comment\ncomponent main')
    await writeFile(folder.file('mixed.circom'), commented)
    const run = async () => {
      const args = ['audit', 'mixed.circom', '--all', '--timeout', '900', '--changed', '--json']
      return documentOf(await zkclear(args, { cwd: folder.path }))
    }
    assert.equal((await run()).reused, true)
    await writeFile(folder.file('mixed.circom'), commented.replace('out <-- in * 2', 'out <== in * 2'))
    const mended = await run()
    assert.equal(mended.reused, false)
    assert.equal((mended.counts as Record<string, number>).FORGED, 0)

    await writeFile(folder.file('mixed.circom'), commented)
    const [witness] = (await readdir(folder.file('forged'))).filter((name) => name.startsWith('main.free.first'))
    await rm(folder.file(`forged/${witness}`))
    assert.equal((await run()).reused, false)
  })

  it('audits anew where the cache is cut short or edited', async () => {
    await using folder = await temporaryDirectory()
    const run = async () => documentOf(await mixed(folder, '--changed', '--json')).reused
    assert.equal(await run(), false)
    const text = await readFile(folder.file('.zkclear-audit.json'), 'utf8')
    for (const broken of [text.slice(0, -40), text.replace('FORGED', 'PROVEN'), '[]', 'null']) {
      await writeFile(folder.file('.zkclear-audit.json'), broken)
      assert.equal(await run(), false)
    }
    assert.equal(await run(), true)
  })
})

/** Every tag is closed in turn, and no sign of markup stands bare. */
function assertWellFormed(xml: string): void {
  const open: string[] = []
  for (const [, slash, name, rest] of xml
    .replace(/^<\?xml[^>]*\?>/, '')
    .matchAll(/<(\/?)(\w+)((?:[^<>"]|"[^"<]*")*)>/g)) {
    if (slash === '/') assert.equal(open.pop(), name)
    else if (!rest!.endsWith('/')) open.push(name!)
  }
  assert.deepEqual(open, [])
  assert.doesNotMatch(xml.replace(/<[^>]*>/g, ''), /[<>]|&(?!(amp|lt|gt|quot|#39);)/)
}
