import assert from 'node:assert/strict'
import { readFile, statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { after, before, describe, it } from 'node:test'
import { groth16 } from 'snarkjs'
import { defaultBuildDirectory } from '../../circom/paths.ts'
import { CIRCUIT_NAMES, CIRCUITS } from '../../circuits/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { createProver } from '../../prover/index.ts'
import { proofToJson } from '../../verifier/proof.ts'
import { runDemo } from '../support/run-demo.ts'

const GIGABYTE = 1e9
/** Of processor time where nothing is built yet; of a process; of all circuits and keys, and what is there while one is built. */
const NEEDS = { minutes: 25, memory: 3 * GIGABYTE, disk: 4 * GIGABYTE }

const told = (bytes: number) => `${(bytes / GIGABYTE).toFixed(1)} GB`

describe('the standard profile', { timeout: 14_400_000 }, () => {
  before(async () => {
    const { bavail, bsize } = await statfs(defaultBuildDirectory())
    console.log(
      `The circuits of the standard profile take ${NEEDS.minutes} minutes of processor time where none is built, a few minutes otherwise; ` +
        `${told(NEEDS.memory)} of memory, of which ${told(freemem())} are free; and ${told(NEEDS.disk)} of disk, of which ${told(bavail * bsize)} are.`,
    )
  })
  after(async () => {
    // snarkjs leaves its threads running.
    await globalThis.curve_bn128?.terminate()
  })

  for (const name of CIRCUIT_NAMES) {
    it(`proves what uses ${name} as far as its sizes go, and snarkjs verifies it`, async () => {
      const circuit = CIRCUITS[name]
      const [artifacts] = await buildArtifacts({ circuits: [circuit], profile: 'standard' })
      await using prover = await createProver({ profile: 'standard', circuits: [name] })
      const { statement, witness } = circuit.example('standard')
      const { proof, publicSignals } = await prover.prove(name, statement as never, witness as never)
      const vkey = JSON.parse(await readFile(artifacts!.files.vkey, 'utf8'))
      const signals = publicSignals.map(String)
      assert.equal(await groth16.verify(vkey, signals, proofToJson(proof) as never), true)
      const other = signals.with(0, `${publicSignals[0]! ^ 1n}`)
      assert.equal(await groth16.verify(vkey, other, proofToJson(proof) as never), false)
    })
  }

  it('runs a venue from the first deposit to the last payout, every proof settled on a chain by the real verifiers', async () => {
    const { stdout } = await runDemo('--profile', 'standard')
    for (const claim of [
      'Risk tables, each proved from what 5 oracles signed.',
      'account 1 took over all that account 11 held, for 450 USDC',
      "3500 lots of account 3's call paid 2,100 USDC",
      'MarginGate admitted it',
      'From the chain alone, 13 accounts were recovered',
    ]) {
      assert.ok(stdout.includes(claim), claim)
    }
    // The flow's bundles take all signatures of that batch before it has all messages; full in every size are the examples above.
    const full = /│ +\d+ │ +0 │ +(3[6-9]|40) │ +4[0-4] │ +[1-9]\d* │/
    assert.match(stdout, full, 'a batch of 36 messages or more in 40 steps or more, which trade')
    assert.match(stdout, /2 REGISTER, 2 VIEW, 7 DEPOSIT/, 'a cash batch of all its slots')
    assert.match(stdout, /73753\.000001 USDC came in, 400 were withdrawn/)
  })
})
