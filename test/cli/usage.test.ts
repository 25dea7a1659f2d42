import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { EXIT_CODES } from '../../cli/exit-codes.ts'
import type { Verb } from '../../cli/verb.ts'
import { errorOf, zkclear } from '../support/cli.ts'

const VERBS = [
  ...['build', 'prove', 'witness', 'verify', 'export', 'simulate', 'deploy', 'verify-deployment', 'settle', 'account'],
  ...[
    'venue',
    'risk',
    'oracle',
    'liquidate',
    'worker',
    'serve',
    'keys',
    'backup',
    'restore',
    'token',
    'line',
    'watch',
    'log',
    'recover',
    'freeze',
    'exit',
    'inspect',
  ],
  ...['audit', 'ceremony'],
]

/** Options that docs/cli.md explains once, for all commands that have them. */
const COMMON = [
  ...['--json', '--verbose', '--profile', '--build-directory', '--seed', '--ceremony', '--proof-system'],
  ...['--private-key-file', '--rpc'],
]

describe('zkclear', () => {
  it('lists every command and the exit codes in its help', async () => {
    const { code, stdout, stderr } = await zkclear(['--help'])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    for (const verb of VERBS) assert.match(stdout, new RegExp(`^  ${verb} `, 'm'))
    assert.match(stdout, /Exit codes: 0 success, 1 a proof or check is false, 2 bad usage or input/)
  })

  it('prints the version of the package', async () => {
    const { code, stdout } = await zkclear(['--version'])
    assert.equal(code, 0)
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  })

  for (const verb of VERBS) {
    it(`shows options and examples of ${verb}`, async () => {
      const { code, stdout } = await zkclear([verb, '--help'])
      assert.equal(code, 0)
      assert.match(stdout, /--json/)
      assert.match(stdout, new RegExp(`Examples:\\n  \\$ zkclear ${verb}`))
    })
  }

  it('says which commands there are when none or an unknown one is given', async () => {
    for (const args of [[], ['frobnicate'], ['frobnicate', '--help'], ['-V', 'toString'], ['__proto__', '-h']]) {
      const { code, stdout, stderr } = await zkclear(args)
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(
        stderr,
        /commands: build, prove, witness, verify, export, simulate, deploy, verify-deployment, settle, account, venue, liquidate, risk, oracle, worker, serve, keys, backup, restore, token, line, watch, log, recover, freeze/,
      )
      assert.doesNotMatch(stderr, /\n\s+at /, 'no stack')
    }
  })

  it('says which commands of ceremony there are, also to a wrong one with --help', async () => {
    const { code, stderr } = await zkclear(['ceremony', 'frobnicate', '--help'])
    assert.equal(code, 2)
    assert.match(stderr, /unknown command 'frobnicate'\n.*\ncommands: init, contribute, beacon, verify, status, export/)
  })

  for (const command of ['show', 'prove', 'claim', 'payout', 'refund'].map((name) => `exit ${name}`)) {
    it(`lists in docs/cli.md every option of ${command}, and no other`, async () => {
      const { stdout } = await zkclear([...command.split(' '), '--help'])
      const docs = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
      const [, section] = /^## exit\n([\s\S]*?)^## /m.exec(docs)!
      const rows = [...section!.matchAll(/^\| (`--.*) \| ([a-z, ]+) \| /gm)]
      const name = command.slice('exit '.length)
      const told = rows.filter(([, , of]) => (of!.startsWith('all but') ? !of!.includes(name) : of!.includes(name)))
      const shared = ['--json', '--verbose', '--help', '--build-directory', '--seed', '--ceremony']
      const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag!)
      assert.deepEqual(
        shown.filter((flag) => !shared.includes(flag)).sort(),
        told.flatMap(([, flags]) => [...flags!.matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag!)).sort(),
      )
    })
  }

  it('fills the lines of its help, and says of the commands of a group in a sentence what each does', async () => {
    for (const command of ['account', 'account register', 'exit', 'recover', 'venue cash', 'ceremony verify']) {
      const { stdout } = await zkclear([...command.split(' '), '--help'])
      const lines = stdout.split('\n\n')[1]!.split('\n')
      for (const [i, line] of lines.slice(0, -1).entries()) {
        const [word] = lines[i + 1]!.split(' ')
        assert.ok(`${line} ${word}`.length > 80, `${command}: ${line}`)
      }
    }
    const { stdout } = await zkclear(['account', '--help'])
    assert.match(stdout, /^ {2}deposit \[options\] +Deposits tokens for an account/m)
    assert.doesNotMatch(stdout, /The sender is the private key/)
  })

  it('says which options there are when an unknown one is given, also as JSON', async () => {
    const result = await zkclear(['inspect', 'trade-batch', '--json', '--bogus'])
    assert.equal(result.code, 2)
    assert.equal(result.stdout, '')
    const error = errorOf(result)
    assert.equal(error.code, 'USAGE')
    assert.match(error.message, /unknown option '--bogus'/)
    const typo = errorOf(await zkclear(['serve', '--stanby', '--json']))
    assert.match(typo.message, /unknown option '--stanby'\n\(Did you mean --standby\?\)/)
    assert.match(error.hint!, /--profile <name>/)
  })

  it('refuses a missing value, a missing argument and one argument too many', async () => {
    for (const args of [
      ['inspect', 'trade-batch', '--profile'],
      ['inspect'],
      ['inspect', 'trade-batch', 'more'],
      ['verify', 'trade-batch'],
    ]) {
      const { code, stdout } = await zkclear(args)
      assert.equal(code, 2, args.join(' '))
      assert.equal(stdout, '')
    }
  })

  it('ends with 70 for an unexpected error, with a short message, and with the stack only when asked', async () => {
    const broken = 'data:text/javascript,JSON.parse=()=>{throw%20new%20TypeError(`boom%0Amore`)}'
    const env = { NODE_OPTIONS: `--import ${broken}` }
    const brief = await zkclear(['inspect', 'trade-batch'], { env })
    assert.equal(brief.code, 70)
    assert.match(brief.stderr, /^zkclear: internal error: TypeError: boom\nThis is a bug in zkclear;.*\n$/)
    const verbose = await zkclear(['inspect', 'trade-batch', '--verbose'], { env })
    assert.equal(verbose.code, 70)
    assert.match(verbose.stderr, /\n\s+at /)
  })

  it('has every option of every command in its chapter of docs/cli.md', async () => {
    const docs = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
    const run = () => async () => undefined
    for (const name of VERBS) {
      const { verb } = (await import(`../../cli/${name}.ts`)) as { verb: Verb }
      const command = verb(run)
      const [, chapter] = new RegExp(`^## ${name}\n(.*?)(?=^## |(?![^]))`, 'ms').exec(docs) ?? []
      assert.ok(chapter, `docs/cli.md has no chapter on ${name}`)
      for (const { options } of [command, ...command.commands]) {
        for (const { long } of options.filter(({ long }) => !COMMON.includes(long!))) {
          assert.match(chapter, new RegExp(`${long}\\b`), `${name}: ${long} is not in its chapter`)
        }
      }
      for (const one of command.commands) assert.ok(chapter.includes(`\`${one.name()}\``), `${name} ${one.name()}`)
    }
  })

  it('has an exit code for every error code, as docs/cli.md lists them', async () => {
    const docs = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
    const rows = [...docs.matchAll(/^\| (\d+) \| [^|]* \| ([^|]*) \|$/gm)]
    const listed = rows.flatMap(([, exit, codes]) =>
      [...codes!.matchAll(/[A-Z]+(_[A-Z]+)+|ABORTED/g)].map(([code]) => [code, Number(exit)] as const),
    )
    assert.deepEqual(Object.fromEntries(listed), EXIT_CODES)
  })
})
