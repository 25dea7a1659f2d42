import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodePolicy } from '../../../service/attestation/policy.ts'

const FILE = {
  version: 1,
  root: 'ab'.repeat(32),
  images: [{ name: 'release 1', pcrs: { 0: '0a'.repeat(48), 8: '0b'.repeat(48) } }],
}

describe('a policy of attestation', () => {
  it('names a root, images by their registers, and an hour if it says nothing else', () => {
    const { root, images, seconds } = decodePolicy(FILE)
    assert.deepEqual({ root, seconds }, { root: FILE.root, seconds: 3_600 })
    assert.deepEqual(images, [
      {
        name: 'release 1',
        pcrs: new Map([
          [0, '0a'.repeat(48)],
          [8, '0b'.repeat(48)],
        ]),
      },
    ])
  })

  it('lets in neither an enclave in debug mode nor an image of which nothing is measured, and names the field', () => {
    const imageWith = (pcrs: object) => ({ ...FILE, images: [{ name: 'x', pcrs }] })
    const refused: Readonly<Record<string, unknown>> = {
      'policy.version': { ...FILE, version: 2 },
      'policy.root': { ...FILE, root: 'AB'.repeat(32) },
      'policy.images': { ...FILE, images: [] },
      'policy.images[0].pcrs': imageWith({ 1: '0a'.repeat(48) }),
      'policy.images[0].pcrs.0': imageWith({ 0: '00'.repeat(48) }),
      'policy.images[0].pcrs.32': imageWith({ 0: '0a'.repeat(48), 32: '0a'.repeat(48) }),
      'policy.seconds': { ...FILE, seconds: 299 },
      policy: { ...FILE, more: 1 },
    }
    for (const [path, json] of Object.entries(refused)) {
      assert.throws(() => decodePolicy(json), { code: 'INPUT_INVALID', path }, path)
    }
  })
})
