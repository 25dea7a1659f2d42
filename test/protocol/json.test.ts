import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseJson, RepeatedKeyError } from '../../protocol/json.ts'

describe('JSON from outside', () => {
  it('is read as JSON.parse reads it, whatever the spaces', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, '\t', '\r\n'), (text, space) => {
        const pretty = JSON.stringify(JSON.parse(text), undefined, space)
        assert.deepEqual(parseJson(pretty), JSON.parse(pretty))
      }),
    )
  })

  it('may nest as deep as JSON.parse lets it, whatever its length', () => {
    for (const depth of [300, 511, 512, 513, 100_000]) {
      let inner: unknown = parseJson('['.repeat(depth) + ']'.repeat(depth))
      for (let level = 1; level < depth; level++) inner = (inner as unknown[])[0]
      assert.deepEqual(inner, [])
    }
  })

  it('may have one key in several objects, in an object and in its part, and as a text', () => {
    for (const text of [
      '[{"a":1},{"a":2}]',
      '{"a":{"a":1},"b":{"a":2}}',
      '{"a":"a","b":["a","a"]}',
      '{"a:":1,"a":":"}',
    ]) {
      assert.deepEqual(parseJson(text), JSON.parse(text))
    }
  })

  it('is refused with a key twice in one object, in any spelling, and the place is named', () => {
    for (const [text, place] of [
      ['{"a":1,"a":1}', 'line 1 column 8'],
      ['{"a":1,\n "\\u0061" : 2}', 'line 2 column 2'],
      ['[{"b":{"c":[{"x":1}],\n"c":0}}]', 'line 2 column 1'],
      ['{"\\\\":1,"\\\\":2}', 'line 1 column 9'],
      ['{"a\\"":1,"a\\"":2}', 'line 1 column 10'],
      ['{"__proto__":1,"__proto__":2}', 'line 1 column 16'],
      ['{"":1,"":2}', 'line 1 column 7'],
      [`{"long":"${'x'.repeat(2000)}","a":1,"a":1}`, 'line 1 column 2018'],
    ] as const) {
      assert.throws(() => parseJson(text), new RegExp(`key stands twice .*${place}`), text)
      assert.throws(() => parseJson(text), RepeatedKeyError)
    }
  })

  it('is refused with any key of any object said twice', () => {
    const nested = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(nested, fc.string(), (path, extra) => {
        const key = JSON.stringify(path.at(-1))
        const inner = `{${key}:1,"other":${JSON.stringify(extra)},${key}:2}`
        if (path.at(-1) === 'other') return
        const text = path
          .slice(0, -1)
          .reduce((part, name) => `{"list":[0],${JSON.stringify(`${name}!`)}:${part}}`, inner)
        assert.throws(() => parseJson(text), RepeatedKeyError)
      }),
    )
  })

  it('is refused where JSON.parse refuses it', () => {
    for (const text of ['', '{', '{"a":1,}', "{'a':1}", '{"a":1,"a":}', 'nul', '\ufeff{}']) {
      assert.throws(() => parseJson(text), SyntaxError)
    }
  })
})
