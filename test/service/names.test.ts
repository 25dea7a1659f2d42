import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isOnePerson, isPlainName } from '../../service/tokens/names.ts'

describe('names of tokens', () => {
  it('are letters of one alphabet that are told apart, digits and signs, and nothing that is not seen', () => {
    for (const name of [
      ...[
        'ben',
        'Ada Bell',
        'machine-2',
        'ops@desk.example',
        'Zoë',
        'Łukasz',
        'Jiří',
        "O'Neil",
        'Юлия 2',
        'Ζωή',
        '山田太郎',
      ],
      ...['さくら', '김민수', 'राम', 'სანდრო', 'سارة علي', 'דנה'],
    ]) {
      assert.ok(isPlainName(name), name)
    }
    for (const [what, names] of Object.entries({
      'marks that nobody sees': ['ben\ufe0f', 'ben\u034f', 'be\u17b4n', '山\ufe00', 'ben\u115f', '김\u1160'],
      'a blank that is a sign': ['ben\u2800', '\u2800'],
      'letters of phonetics that look like others': ['\u0251da', 'be\u0274', '\u01c0van', 'd\u0131na', '\u0261ina'],
      'letters that nobody writes any more': ['\u03fa\u0391\u03a4', '\u03dc', '\u0474\u0410\u0405', '\u0461'],
      'letters of two alphabets': ['b\u0435n', '\u0391da', 'Анa', 'Юλия'],
      'letters of alphabets that look like Latin': ['\ua4d0\ua4f3\ua4d0', '\u13f4\u13be\u13f4', '\u054d\u0585'],
      'signs and digits that look like others': ['O\u2019Neil', 'ben\u2013a', 'ben \u0661', 'ben\u00b7'],
      'digits beside what is read from the right': ['\u05d0 1', '1 \u05d0', '\u0633-\u0639'],
    })) {
      for (const name of names) assert.equal(isPlainName(name), false, `${what}: ${JSON.stringify(name)}`)
    }
  })

  it('that look alike are one person', () => {
    for (const [one, ...others] of [
      ['Ada', 'ada', 'ADA', 'Ada ', 'Ada\ufe0f', '\u0251da', 'Ad\u0430', 'Ad\u00e1', 'ada.'],
      ['aca', '\u0430\u0441\u0430'],
      ['BOB', '\u0412\u041e\u0412', 'B0B'],
      ['ANNA', '\u0391\u039d\u039d\u0391'],
      ['Alice', 'AIice', 'A1ice', 'A|ice', 'al\u0456ce'],
      ['Adam', 'Adarn'],
      ['Anđa', 'Anða'],
      ['\u0441\u043e\u043a', 'cok'],
      ['MATT', '\u03fa\u0391\u03a4\u03a4'],
      ['VAS', '\u0474\u0410\u0405'],
      ['A3', '\u0410\u0417'],
      ['ça', '\u04ab\u0430'],
      ['\u0413\u041e\u0420', '\u0393\u039f\u03a1'],
      ['カ', '力'],
      ['ベ', 'べ'],
    ] as const) {
      for (const other of others) assert.ok(isOnePerson(one, other), JSON.stringify([one, other]))
    }
    const apart = ['ada', 'ben', 'cleo', 'Юлия', 'Анна', 'राम', 'रामी', '山田', '山本', 'Ζωή', 'op1', 'op2']
    for (const one of apart)
      assert.deepEqual(
        apart.filter((other) => isOnePerson(one, other)),
        [one],
      )
  })

  it('are one person in capitals and in small letters, though some of these look like Latin ones and others do not', () => {
    for (const name of ['Вера', 'Пётр', 'Михаил', 'Νίκος', 'Ηρώ', 'Anna', 'Öz']) {
      for (const other of [name.toLowerCase(), name.toUpperCase()]) assert.ok(isOnePerson(name, other), other)
    }
    assert.ok(isOnePerson('Вера', 'Bepa'))
    assert.ok(isOnePerson('ВЕРА', 'BEPA'))
    assert.equal(isOnePerson('Ann', 'Anh'), false)
  })
})
