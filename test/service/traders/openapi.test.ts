import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, tradingVenue } from '../../support/service/trading-venue.ts'

const DOCUMENT = new URL('../../../docs/openapi.json', import.meta.url)

it('the document of the API has every route of the server, with who may ask, and what is read and answered', async () => {
  await using server = await testServer()
  await using venue = await tradingVenue(server)
  const { body } = await venue.get('/v1/openapi.json')
  assert.equal(body.openapi, '3.1.0')
  const listed = Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
  )
  const served = venue.gateway.routes.map(({ method, path, access }) => {
    return `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')} ${access === 'public' ? 0 : 1}`
  })
  assert.deepEqual(
    listed.map(({ path, method, operation }) => `${method} ${path} ${operation.security.length}`).sort(),
    served.sort(),
  )
  for (const { path, method, operation } of listed) {
    assert.ok(operation.summary.length > 5, path)
    assert.equal(operation.requestBody !== undefined, method === 'post', path)
    const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const inPath = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name)
    assert.deepEqual(inPath, places, path)
    assert.equal(Object.keys(operation.responses['200'].content).length, 1)
  }
  assert.match(JSON.stringify(body.paths['/v1/messages'].post.requestBody), /clientOrderId/)
  assert.deepEqual(body, JSON.parse(await readFile(DOCUMENT, 'utf8')), 'docs/openapi.json is the same')
})

it('answers are as their schemas say, those of the client', async () => {
  await using server = await testServer()
  await using venue = await tradingVenue(server)
  const [answer] = await venue.client.send([signed(1, orderOf(1, 1n))])
  await venue.put({ kind: 'cut', cash: false })
  const session = await venue.session(1)
  await session.read()
  await session.message({ record: answer!.record! })
  await venue.client.markets()
  await venue.client.limits()
  await venue.client.batches()
  await venue.client.book(0)
})

interface Operation {
  readonly summary: string
  readonly security: readonly object[]
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: object
  readonly responses: { readonly 200: { readonly content: object } }
}
