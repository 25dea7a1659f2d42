import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fillTemplate, parseExternal, parseExternals } from '../../../scripts/bench/backends/command-template.ts'

const PATHS = { zkey: '/a b/k.zkey', wtns: '/w;x', proof: '/$(p)', public: '/"q"' }

describe('parseExternal', () => {
  it('splits a command at spaces, and keeps what is in quotes', () => {
    const { name, argv } = parseExternal(`fast one=my\tprover  --with='a b' "c 'd'"e '' {zkey} {wtns} {proof} {public}`)
    assert.equal(name, 'fast one')
    assert.deepEqual(argv, ['my', 'prover', '--with=a b', "c 'd'e", '', '{zkey}', '{wtns}', '{proof}', '{public}'])
  })

  it('takes a command without {public}, with "=" in it, and with placeholders inside of arguments', () => {
    const { argv } = parseExternal('x=run --in={zkey},{wtns} -o={proof}')
    assert.deepEqual(fillTemplate(argv, PATHS), ['run', '--in=/a b/k.zkey,/w;x', '-o=/$(p)'])
  })

  const refused: readonly [text: string, reason: RegExp][] = [
    ['prover {zkey} {wtns} {proof}', /needs the form/],
    ['=prover {zkey} {wtns} {proof}', /needs a name/],
    ['a|b=prover {zkey} {wtns} {proof}', /needs a name/],
    [`${'n'.repeat(25)}=prover {zkey} {wtns} {proof}`, /needs a name/],
    ['snarkjs=prover {zkey} {wtns} {proof}', /a name of the benchmark's own/],
    ['native x=prover {zkey} {wtns} {proof}', /a name of the benchmark's own/],
    ['x=', /has no command/],
    ["x='' {zkey} {wtns} {proof}", /has no command/],
    ['x=prover {zkey} {wtns}', /lacks \{proof\}/],
    ['x=prover {zkey} {proof}', /lacks \{wtns\}/],
    ['x=prover {zkey} {wtns} {proof} {vkey}', /has \{vkey\}; there are \{zkey\}/],
    ['x=prover {zkey} {wtns} {proof} {}', /has \{\}/],
    ['x=prover "{zkey} {wtns} {proof}', /has no closing "/],
  ]
  for (const [text, message] of refused) {
    it(`refuses ${text}`, () => {
      assert.throws(() => parseExternal(text), { code: 'INPUT_INVALID', message })
    })
  }

  it('refuses a second prover of the same name', () => {
    const text = 'x=prover {zkey} {wtns} {proof}'
    assert.equal(parseExternals([text, text.replace('x', 'y')]).length, 2)
    assert.throws(() => parseExternals([text, text]), { code: 'INPUT_INVALID', message: /the name of another one/ })
  })
})
