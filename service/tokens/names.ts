/** Longest name of a token, in UTF-16 units. */
export const LONGEST_NAME = 100

/** Letters with their marks, digits and signs of ASCII, and of blanks only a single space between two words. */
const SHOWN = /^[\p{L}\p{M}!-~]+( [\p{L}\p{M}!-~]+)*$/u
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u
/** Marks of any alphabet, such as accents, as they stand behind their letters. */
const ACCENTS = /\p{Script=Inherited}/gu
/** Latin letters without their accents: others, as phonetics has them, look like these. */
const LATIN = /^[A-Za-zßÆæŒœØøÐðÞþĐđŁł]+$/
/**
 * Letters that are one name's together. What looks like Latin letters throughout, such as Cherokee, is not among them, nor are Greek and Cyrillic
 * letters that nobody writes any more, such as \u03fa, which is M to the eye.
 */
const ALPHABETS = [
  /^[Ά-ώ\u1f00-\u1fff]+$/u,
  /^[Ѐ-џҊ-ӿ]+$/u,
  /^\p{Script=Georgian}+$/u,
  /^\p{Script=Devanagari}+$/u,
  /^\p{Script=Hangul}+$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u,
]
/** Whole names: a digit or a sign beside such letters is seen on either side of them. */
const FROM_THE_RIGHT = /^(?:[\p{Script=Arabic} ]+|[\p{Script=Hebrew} ]+)$/u

/**
 * Whether a name shows all that it is: what is not seen, another form of a letter, or a letter that looks like one of another alphabet would
 * make one person two, in the eyes of whoever agrees to it.
 */
export function isPlainName(name: string): boolean {
  if (name.length > LONGEST_NAME || name !== name.normalize('NFKC') || !SHOWN.test(name) || UNSEEN.test(name))
    return false
  const letters = name.replaceAll(/[^\p{L}\p{M}]/gu, '')
  if (letters === '' || LATIN.test(letters.normalize('NFD').replaceAll(ACCENTS, ''))) return true
  return FROM_THE_RIGHT.test(name) || ALPHABETS.some((alphabet) => alphabet.test(letters))
}

/** What looks like another letter or digit, and that. */
const ALIKE = new Map(
  [
    // Greek, Cyrillic and other Latin letters, as Latin ones; capitals apart, as ν is like v and Ν is N.
    'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ͿJ ϜF ϺM',
    'αa βß γy ηn ιi κk νv οo ρp τt υu χx ωw ϳj',
    'АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ҮY ХX ӀI ԌG ԚQ ԜW ѴV ҪC ӔÆ',
    'аa гr еe ѕs іi јj кk оo пn рp сc тt уy үy хx һh ӏl ԁd ԛq ԝw ѵv ѡw ьb ҫc ӕæ',
    'ÐD ðd ĐD đd Łl łl Øo øo ıi ɑa ɡg',
    // Cyrillic ones as Greek ones, and as digits.
    'ГΓ ПΠ ФΦ фφ ЛΛ єε ӨΘ өθ З3 з3 Ч4 б6',
    // Of Japanese, as Chinese characters.
    'ニ二 ロ口 カ力 エ工 ト卜 タ夕 ハ八 ミ三 チ千 オ才 ー一 ヘへ',
  ]
    .flatMap((pairs) => pairs.split(' '))
    .map(([one, other]) => [one!, other!] as const),
)
/** Small letters, digits and signs that are hard to tell apart: 1, I, l and |; 0 and O; rn and m. */
const HARD = [
  [/[1i|!]/g, 'l'],
  [/0/g, 'o'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
] as const

/**
 * Whether two names look alike, as they stand, in small letters or in capitals: then they are one person's. Letters that look alike in one of
 * these may not in another, so that two names may each look like a third one and not like each other.
 */
export function isOnePerson(one: string, other: string): boolean {
  const looks = new Set(looksOf(one))
  return looksOf(other).some((look) => looks.has(look))
}

function looksOf(name: string): readonly string[] {
  return [name, name.toLowerCase(), name.toUpperCase()].map(lookOf)
}

/** Text that is the same for names that look alike as they stand. */
function lookOf(name: string): string {
  const seen = name
    .normalize('NFKD')
    .replaceAll(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\p{Script=Inherited}]/gu, '')
  const latin = [...seen].map((letter) => ALIKE.get(letter) ?? letter).join('')
  const plain = HARD.reduce((text, [form, as]) => text.replaceAll(form, as), latin.toLowerCase())
  return plain.replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '')
}
