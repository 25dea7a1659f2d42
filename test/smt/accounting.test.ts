import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { describe, it } from 'node:test'

const PROOFS = 'test/smt/accounting.sol'
const RULE_FILES = ['contracts/settlement/Accounting.sol', 'contracts/settlement/QueueTerms.sol']

/** Each takes 2 to 15 s; one that the checker cannot decide never ends. */
const TIMEOUT = 300_000

const read = (path: string) => readFileSync(path, 'utf8')

/** What stands before the contracts of the proofs, and each contract: the checker is given one at a time. */
const [IMPORTS, ...RULES] = read(PROOFS).split(/^(?=contract )/m) as [string, ...string[]]
const nameOf = (rule: string) => rule.split(' ')[1]!

/** What has to be proved, and how many assertions each has: one that is gone, or is not decided, fails. */
const TARGETS: Readonly<Record<string, number>> = {
  Receiving: 2,
  Consuming: 2,
  Refunding: 2,
  Crediting: 2,
  Pulling: 2,
  ComingDue: 2,
  Leaving: 1,
  Remaining: 2,
  Covering: 1,
}

/** What the model checker of the pinned compiler says of one contract. */
function check(rule: string, change: (source: string) => string = (source) => source): string[] {
  const rules = RULE_FILES.map((path) => [path, { content: change(read(path)) }])
  const sources = { ...Object.fromEntries(rules), [PROOFS]: { content: IMPORTS + rule } }
  const input = JSON.stringify({ sources, file: PROOFS, contract: nameOf(rule) })
  const checker = spawnSync(process.execPath, ['test/support/model-check.mjs'], {
    input,
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  })
  assert.equal(checker.status, 0, `${nameOf(rule)} was not decided: ${checker.error ?? checker.stderr}`)
  // It does not read the values of errors, and says so.
  return checker.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('SMTChecker: '))
}

const PROVED = /^CHC: .* check is safe!$/

describe('the accounting rules, for all amounts', () => {
  it('are those of the list of what is proved', () => {
    assert.deepEqual(RULES.map(nameOf), Object.keys(TARGETS))
  })

  for (const rule of RULES) {
    const name = nameOf(rule)
    it(`${name}: every assertion holds and nothing overflows`, () => {
      const findings = check(rule)
      const unproved = findings.filter((message) => !PROVED.test(message))
      assert.deepEqual(unproved, [])
      const assertions = findings.filter((message) => message.includes('Assertion violation'))
      assert.equal(assertions.length, TARGETS[name])
    })
  }

  it('Crediting: an amount that is one lot off is refuted', () => {
    const crediting = RULES.find((rule) => nameOf(rule) === 'Crediting')!
    const planted = check(crediting, (source) => source.replaceAll('claimable + amount);', 'claimable + amount + 1);'))
    assert.ok(planted.some((message) => message.startsWith('CHC: Assertion violation happens here.')))
  })

  it('ComingDue: a deadline one second late is refuted', () => {
    const comingDue = RULES.find((rule) => nameOf(rule) === 'ComingDue')!
    const planted = check(comingDue, (source) => source.replace('latest = time + most;', 'latest = time + most + 1;'))
    assert.ok(planted.some((message) => message.startsWith('CHC: Assertion violation happens here.')))
  })
})
