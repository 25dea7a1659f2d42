import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { noteBackup } from '../../../service/backup/noted.ts'
import type { KeyProvider } from '../../../service/keys/key-provider.ts'
import type { Queryable } from '../../../service/postgres/database.ts'
import { Health, type HealthParts } from '../../../service/serve/health.ts'
import type { ContractAt } from '../../../settlement/contract-at.ts'
import { testKeys } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { certificatesOfThisMachine } from '../../support/tls/certificates.ts'
import { Desk } from '../sequencer/desk.ts'

const DAY = 86_400_000

describe('the look at what a venue stands on', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** Of a venue whose contract does not answer. */
  const healthOf = (database: Queryable, changes: Partial<HealthParts> = {}) =>
    new Health({
      ...{ database, keys: testKeys(), directory: '.', state: () => new Desk().state },
      ...{ operator: testKeys().operators[0]!, sender: testKeys().operators[0]! },
      at: { contract: {} } as unknown as ContractAt,
      cover: async () => assert.fail('there is no chain'),
      ...changes,
    })

  it('tells what it can where the chain does not answer', async () => {
    await using database = await server.fresh()
    const health = healthOf(database)
    const findings = await health.look()
    const { solvency, gas, disk, keysError, backup } = health.facts
    assert.deepEqual([solvency, gas, keysError, backup?.backupAt], [undefined, undefined, undefined, undefined])
    assert.ok(disk!.total > 0n)
    assert.equal(findings.KEYS_FAILING, undefined)
    assert.equal(findings.BACKUP_OLD, undefined)
  })

  it('raises an alert while the certificate that is shown ends soon', async () => {
    await using database = await server.fresh()
    const ending = await healthOf(database, { tls: certificatesOfThisMachine() }).look()
    assert.match(ending.CERTIFICATE_ENDING!.cause, /the certificate ends on/)
    assert.equal((await healthOf(database).look()).CERTIFICATE_ENDING, undefined)
  })

  it('raises an alert while keys do not answer, and while there is no new backup', async () => {
    await using database = await server.fresh()
    const keys = testKeys()
    let fault: string | undefined = 'the module is gone'
    const faulty: KeyProvider = {
      ...{ version: keys.version, operators: keys.operators, gas: [], log: keys.log },
      wrap: (key, name) => keys.wrap(key, name),
      unwrap: (wrapped, name) => keys.unwrap(wrapped, name),
      async sign(digest, operator) {
        if (fault !== undefined) throw new Error(fault)
        return await keys.sign(digest, operator)
      },
    }
    await database.query(
      `INSERT INTO snapshot (epoch, sequence, state, at) VALUES (0, 0, '', now() - interval '25 hours')`,
    )
    const health = healthOf(database, { keys: faulty })
    const first = await health.look()
    assert.match(first.KEYS_FAILING!.cause, /the module is gone/)
    assert.match(first.BACKUP_OLD!.cause, /there is no backup/)
    fault = undefined
    await noteBackup(database, '/copies/of/it')
    const second = await health.look()
    assert.deepEqual([second.KEYS_FAILING, second.BACKUP_OLD], [undefined, undefined])
    assert.ok(Date.now() - health.facts.backup!.backupAt! < DAY)
    await database.query(`UPDATE backup SET at = now() - interval '2 days'`)
    assert.match((await health.look()).BACKUP_OLD!.cause, /more than a day old/)
    await noteBackup(database, '/copies/of/it')
    assert.equal((await health.look()).BACKUP_OLD, undefined)
  })
})
