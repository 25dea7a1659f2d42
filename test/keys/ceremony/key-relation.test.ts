import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type CeremonyCurve, ceremonyCurve } from '../../../keys/ceremony/curve.ts'
import { contribute } from '../../../keys/ceremony/index.ts'
import { openKeyFile } from '../../../keys/ceremony/key-file.ts'
import { relationFault } from '../../../keys/ceremony/key-relation.ts'
import { ceremonyGround, sectionOf } from '../../support/ceremony.ts'
import { product } from '../../support/circuits/index.ts'

/** Bytes of the header before its points: two field orders with their sizes, and three counts. */
const HEADER_START = 2 * 36 + 12

describe('relationFault', () => {
  let ground: Awaited<ReturnType<typeof ceremonyGround>>
  let curve: CeremonyCurve
  let first: string
  let honest: Buffer
  before(async () => {
    curve = await ceremonyCurve()
    ground = await ceremonyGround({ product })
    await ground.begin(ground.file('place'))
    const { path } = await contribute({ directory: ground.file('place'), name: 'Only' })
    first = join(ground.file('place'), '0000', 'product.zkey')
    honest = await readFile(join(path, 'product.zkey'))
  })
  after(() => ground[Symbol.asyncDispose]())

  async function faultAfter(change: (bytes: Buffer) => void): Promise<string | undefined> {
    const bytes = Buffer.from(honest)
    change(bytes)
    const path = ground.file('changed.zkey')
    await writeFile(path, bytes)
    await using from = await openKeyFile(first)
    await using to = await openKeyFile(path)
    return await relationFault(curve, from, to)
  }

  test('finds none after an honest contribution', async () => {
    assert.equal(await faultAfter(() => undefined), undefined)
  })

  const sections: Record<string, number> = { ic: 3, coefficients: 4, a: 5, b1: 6, b2: 7 }
  for (const [name, section] of Object.entries(sections)) {
    test(`finds the last byte of section ${section} (${name}) changed`, async () => {
      const fault = await faultAfter((bytes) => {
        const target = sectionOf(bytes, section)
        target[target.length - 1]! ^= 1
      })
      assert.equal(fault, `section ${section} (${name}) is another one`)
    })
  }

  for (const [name, section] of [
    ['c', 8],
    ['h', 9],
  ] as const) {
    test(`finds any point of section ${section} (${name}) replaced by another one, or put off the curve`, async () => {
      const points = sectionOf(honest, section).length / 64
      for (const place of [0, points - 1]) {
        const swapped = await faultAfter((bytes) => {
          const target = sectionOf(bytes, section)
          target.copy(target, place * 64, ((place + 1) % points) * 64, ((place + 1) % points) * 64 + 64)
        })
        assert.equal(swapped, `section ${section} (${name}) was not divided by what delta was multiplied by`)
        const off = await faultAfter((bytes) => {
          sectionOf(bytes, section)[place * 64]! ^= 1
        })
        assert.equal(off, `section ${section} (${name}) has a point off the curve, number ${place}`)
      }
    })
  }

  const points: Record<string, number> = { alpha1: 0, beta1: 64, beta2: 128, gamma2: 256 }
  for (const [name, at] of Object.entries(points)) {
    test(`finds ${name} changed`, async () => {
      const fault = await faultAfter((bytes) => {
        sectionOf(bytes, 2)[HEADER_START + at]! ^= 1
      })
      assert.equal(fault, `${name} is another one`)
    })
  }

  test('finds another circuit hash', async () => {
    const fault = await faultAfter((bytes) => {
      sectionOf(bytes, 10)[0]! ^= 1
    })
    assert.equal(fault, 'circuitHash is another one')
  })

  test('finds the order of an untouched delta, with sections that were divided all the same', async () => {
    const original = await readFile(first)
    const fault = await faultAfter((bytes) => {
      const at = HEADER_START + 64 + 64 + 128 + 128 + 64
      sectionOf(original, 2).copy(sectionOf(bytes, 2), at, at, at + 128)
    })
    assert.match(fault!, /section 8 \(c\) was not divided by what delta was multiplied by/)
  })
})
