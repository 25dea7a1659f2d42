import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { acceptedMessage } from '../../log/accepted-message.ts'
import { openCheckpoint } from '../../log/checkpoint.ts'
import { parseLogKey } from '../../log/log-key.ts'
import { openNote } from '../../log/note.ts'
import { checkReceipt, decodeReceipt, saltedLeaf } from '../../log/receipt.ts'
import { ACCEPTED, LyingLog, leavesOf, mutations, naivePath } from './support.ts'

/** The example of the package golang.org/x/mod/sumdb/note, whose format C2SP signed-note is. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const GO_SIGNATURE = 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM='
const GO_NOTE = `${GO_TEXT}\n— PeterNeumann ${GO_SIGNATURE}\n`

const log = new LyingLog()
const key = parseLogKey(log.key)
const LEAVES = leavesOf(5)

describe('a signed note', () => {
  it("is read as Go's package for notes wrote it", () => {
    assert.equal(openNote(GO_NOTE, parseLogKey(GO_KEY)), GO_TEXT)
  })

  it('is refused with any character changed', () => {
    const peter = parseLogKey(GO_KEY)
    for (let i = 0; i < GO_NOTE.length; i++) {
      const changed = `${GO_NOTE.slice(0, i)}${GO_NOTE[i] === 'A' ? 'B' : 'A'}${GO_NOTE.slice(i + 1)}`
      assert.equal(openNote(changed, peter), undefined, `character ${i}`)
    }
  })

  it('may have signatures of others beside, and none of its own that is false', () => {
    const other = new LyingLog('another.example/log')
    const foreign = other.note(GO_TEXT).split('\n\n')[1]!
    assert.equal(openNote(`${GO_NOTE}${foreign}`, parseLogKey(GO_KEY)), GO_TEXT)
    assert.equal(openNote(`${GO_TEXT}\n${foreign}`, parseLogKey(GO_KEY)), undefined)
    const wrong = GO_NOTE.replace('x08go/Z', 'x08go/Y').split('\n\n')[1]!
    assert.equal(openNote(`${GO_NOTE}${wrong}`, parseLogKey(GO_KEY)), undefined)
  })

  it('is signed with the key alone that is named and held', () => {
    const other = new LyingLog(log.origin)
    assert.equal(openNote(other.note('text\n'), key), undefined)
    assert.equal(openNote(log.note('text\n'), key), 'text\n')
    assert.equal(openNote(log.note('a\ttab\n'), key), undefined)
  })
})

describe('the key of a log', () => {
  for (const [name, text] of [
    ['without its parts', 'zkclear'],
    ['with another id', GO_KEY.replace('c74f20a3', 'c74f20a4')],
    ['with another name', GO_KEY.replace('Peter', 'Paul')],
    ['of another kind', `${GO_KEY.slice(0, -44)}Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`],
    ['of another length', GO_KEY.slice(0, -4)],
  ] as const) {
    it(`is refused ${name}`, () => assert.throws(() => parseLogKey(text), { code: 'INPUT_INVALID', path: 'key' }))
  }
})

describe('a checkpoint', () => {
  const text = log.checkpoint(LEAVES).split('\n\n')[0]!.split('\n') as [string, string, string, string]

  it('says which log, its size, root and time', () => {
    const { origin, size, time } = openCheckpoint(log.checkpoint(LEAVES), key)!
    assert.deepEqual([origin, size, time], [log.origin, 5n, 1000n])
  })

  for (const [name, lines] of [
    ['of another log', ['zkclear/1/0x00/0', text[1], text[2], text[3]]],
    ['whose size has another form', [text[0], '05', text[2], text[3]]],
    ['whose root is too short', [text[0], text[1], 'AAAA', text[3]]],
    ['whose root is not base64 in its one form', [text[0], text[1], text[2].replace('=', ''), text[3]]],
    ['without a time', [text[0], text[1], text[2]]],
    ['with a line more', [...text, 'more']],
  ] as const) {
    it(`is none ${name}, also signed`, () => {
      assert.equal(openCheckpoint(log.note(`${lines.join('\n')}\n`), key), undefined)
    })
  }
})

describe('a receipt', () => {
  const salt = Buffer.alloc(32, 7)
  const bytes = ACCEPTED
  const leaves = LEAVES.with(3, saltedLeaf(salt, bytes))
  const path = naivePath(3, leaves)
  const base64 = (given: Uint8Array) => Buffer.from(given).toString('base64')
  const json = {
    ...{ version: 1, epoch: '0', record: 3, salt: base64(salt), bytes: base64(bytes), path: path.map(base64) },
    checkpoint: log.checkpoint(leaves),
  }
  const faultOf = (changes: object, asked?: number) => checkReceipt(decodeReceipt({ ...json, ...changes }), key, asked)

  it('holds for the record that is in the log', () => {
    assert.equal((faultOf({}) as { size: bigint }).size, 5n)
  })

  it('is refused with any byte of its salt, record or path changed', () => {
    for (const [given, name] of [
      [salt, 'salt'],
      [bytes, 'bytes'],
    ] as const) {
      for (let i = 0; i < given.length; i++) {
        const changed = Uint8Array.from(given)
        changed[i]! ^= 0x80
        assert.equal(faultOf({ [name]: base64(changed) }), 'PATH')
      }
    }
    for (const changed of mutations(path)) assert.equal(faultOf({ path: changed.map(base64) }), 'PATH')
  })

  it('is refused for another record than was asked for', () => {
    assert.equal((faultOf({}, 3) as { size: bigint }).size, 5n)
    assert.equal(faultOf({}, 4711), 'RECORD')
  })

  for (const [name, text] of [
    ['a record of another kind', '\u0001{"kind":"tick","clock":"1"}'],
    ['a message that was refused', ACCEPTED.toString().replace('ACCEPTED', 'OLD_NONCE')],
    ['no account', '\u0001{"kind":"message","bundle":{"messages":[]},"verdict":"ACCEPTED"}'],
    ['a later version', ACCEPTED.toString().replace('\u0001', '\u0002')],
    ['no JSON', '\u0001{'],
    ['nothing', ''],
  ] as const) {
    it(`is refused for ${name}`, () => {
      const record = Buffer.from(text)
      const all = leavesOf(5).with(3, saltedLeaf(salt, record))
      const of = { bytes: base64(record), path: naivePath(3, all).map(base64), checkpoint: log.checkpoint(all) }
      assert.equal(faultOf(of), 'MESSAGE')
    })
  }

  it('tells whose message it is for', () => {
    assert.deepEqual(acceptedMessage(ACCEPTED), { kind: 'message', account: 7 })
    const cash = Buffer.from('\u0001{"kind":"cash-message","signed":{"account":8},"verdict":"ACCEPTED"}')
    assert.deepEqual(acceptedMessage(cash), { kind: 'cash-message', account: 8 })
  })

  it('is refused for another place, epoch, or head of the log', () => {
    assert.equal(faultOf({ record: 2 }), 'PATH')
    assert.equal(faultOf({ record: 5 }), 'PATH')
    assert.equal(faultOf({ epoch: '1' }), 'EPOCH')
    assert.equal(faultOf({ checkpoint: log.checkpoint(LEAVES) }), 'PATH')
    assert.equal(faultOf({ checkpoint: new LyingLog(log.origin).checkpoint(leaves) }), 'CHECKPOINT')
  })

  it('moves no byte between salt and record', () => {
    assert.throws(() => faultOf({ salt: base64(salt.subarray(1)) }), { code: 'INPUT_INVALID', path: 'receipt.salt' })
  })

  it('is read in its one form', () => {
    assert.throws(() => faultOf({ extra: 1 }), { code: 'INPUT_INVALID' })
    assert.throws(() => faultOf({ salt: `${json.salt.slice(0, -2)}d=` }), { code: 'INPUT_INVALID' })
    assert.throws(() => faultOf({ path: new Array(64).fill(json.salt) }), { code: 'INPUT_INVALID' })
  })
})
