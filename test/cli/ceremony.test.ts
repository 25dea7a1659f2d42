import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ceremonyGround } from '../support/ceremony.ts'
import { below, product } from '../support/circuits/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'

const VALUE = '0f'.repeat(32)

describe('zkclear ceremony', () => {
  let ground: Awaited<ReturnType<typeof ceremonyGround>>
  let dir: string[]
  before(async () => {
    ground = await ceremonyGround({ product, below })
    dir = ['--dir', ground.file('ceremony'), '--json']
    await ground.begin(ground.file('ceremony'))
  })
  after(() => ground[Symbol.asyncDispose]())

  const ceremony = (...args: string[]) => zkclear(['ceremony', ...args])
  const refuses = async (code: string, exit: number, ...args: string[]) => {
    const result = await ceremony(...args)
    assert.equal(result.code, exit, result.stderr)
    assert.equal(result.stdout, '')
    assert.equal(errorOf(result).code, code)
    return errorOf(result)
  }

  it('goes on with a contribution that was killed, from the circuits that were finished', async () => {
    const contribution = ['contribute', '--dir', ground.file('ceremony'), '--name', 'First Contributor', '--verbose']
    const killed = await zkclear(['ceremony', ...contribution], {
      interrupt: { on: 'contribution to below', signal: 'SIGKILL' },
    })
    assert.equal(killed.code, null)
    const status = documentOf(await ceremony('status', ...dir))
    assert.deepEqual([status.rounds, (status.unfinished as string[]).length], [[0], 1])
    const unfinished = join(ground.file('ceremony'), (status.unfinished as string[])[0]!)
    const finished = await readFile(join(unfinished, 'product.zkey'))

    const again = documentOf(await ceremony('contribute', ...dir, '--name', 'First Contributor'))
    assert.deepEqual([again.round, again.resumed], [1, ['product']])
    assert.deepEqual(await readFile(join(ground.file('ceremony'), '0001', 'product.zkey')), finished)
    assert.deepEqual(await readdir(ground.file('ceremony')), ['0000', '0001'])
  })

  it('ends with 130 when it is interrupted, and adds nothing', async () => {
    const result = await zkclear(
      ['ceremony', 'contribute', '--dir', ground.file('ceremony'), '--name', 'Second Contributor', '--verbose'],
      { interrupt: { on: 'contribution to product', signal: 'SIGINT' } },
    )
    assert.equal(result.code, 130)
    assert.equal(result.stdout, '')
    assert.deepEqual(documentOf(await ceremony('status', ...dir)).rounds, [0, 1])
  })

  it('refuses what is malformed, with 2', async () => {
    const { message } = await refuses('INPUT_INVALID', 2, 'beacon', ...dir, '--value', `0x${VALUE}`)
    assert.match(message, /beacon\.value: must be 16 to 64 bytes in lower-case hex/)
    await refuses('INPUT_INVALID', 2, 'contribute', ...dir, '--name', 'two\nlines')
    await refuses('FILE_UNREADABLE', 2, 'status', '--dir', ground.file('nowhere'), '--json')
    await refuses('USAGE', 2, 'frobnicate', '--json')
  })

  it('takes text of a file into a contribution, applies the beacon once, and then takes nothing more', async () => {
    await writeFile(ground.file('entropy.txt'), 'typed by hand')
    const second = await ceremony('contribute', ...dir, '--name', 'Second', '--entropy', ground.file('entropy.txt'))
    assert.equal(documentOf(second).round, 2)
    const beacon = documentOf(
      await ceremony('beacon', ...dir, '--value', VALUE, '--iterations', '10', '--source', 'test'),
    )
    assert.deepEqual([beacon.round, beacon.kind], [3, 'beacon'])
    const status = documentOf(await ceremony('status', ...dir))
    assert.deepEqual([status.state, status.contributions, status.digest], ['complete', 2, beacon.digest])
    await refuses('INPUT_INVALID', 2, 'contribute', ...dir, '--name', 'Late')
  })

  it('shows the history as a table', async () => {
    const { stdout } = await ceremony('status', '--dir', ground.file('ceremony'))
    assert.match(stdout, /First Contributor[\s\S]*Second[\s\S]*hashed 2\^10 times[\s\S]*complete, 2 contributions/)
  })

  it('verifies and exports only circuits of the registry, over powers of tau that somebody vouches for', async () => {
    const { powersOfTau, trustPtau } = ground.sources
    const tau = ['--ptau', powersOfTau]
    await refuses('CIRCUIT_UNKNOWN', 2, 'verify', ...dir, ...tau, '--trust-ptau', trustPtau)
    const out = ground.file('verifiers')
    await refuses('CIRCUIT_UNKNOWN', 2, 'export', ...dir, ...tau, '--trust-ptau', trustPtau, '--out', out)
    await assert.rejects(readdir(out), { code: 'ENOENT' })
    const begin = ['init', '--dir', ground.file('other'), '--json', ...tau]
    const { details } = await refuses('INPUT_INVALID', 2, ...begin)
    assert.equal(details!.blake2b512, trustPtau)
  })

  it('ends with 1 for a transcript that does not hold, and with 2 for a name that is taken', async () => {
    const broken = ground.file('broken/0003')
    await mkdir(broken, { recursive: true })
    const transcript = await readFile(join(ground.file('ceremony'), '0003', 'transcript.json'), 'utf8')
    await writeFile(join(broken, 'transcript.json'), transcript.replace('First Contributor', 'First Impostor'))
    await refuses('CEREMONY_INVALID', 1, 'status', '--dir', ground.file('broken'), '--json')
    await mkdir(ground.file('taken'))
    await writeFile(ground.file('taken/file'), '')
    const { powersOfTau } = ground.sources
    const args = ['export', ...dir, '--ptau', powersOfTau, '--out', ground.file('taken')]
    await refuses('OUTPUT_UNWRITABLE', 2, ...args)
  })

  it('is what --ceremony means, which takes a digest and no seed', async () => {
    const inspect = (...args: string[]) => zkclear(['inspect', 'margin-sufficiency', '--json', ...args])
    const missing = await inspect('--ceremony', '00'.repeat(32))
    assert.deepEqual([missing.code, errorOf(missing).code], [3, 'ARTIFACT_MISSING'])
    const both = await inspect('--ceremony', '00'.repeat(32), '--seed', 'x')
    assert.deepEqual([both.code, errorOf(both).code], [2, 'USAGE'])
  })
})
