import { NOWHERE } from '../../../circom/witness-program/instructions.ts'
import { OPERATION } from '../../../circom/witness-program/operations.ts'
import type { WitnessProgram } from '../../../circom/witness-program/program.ts'
import { invert, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'

const R = (1n << 256n) % FIELD
const UNSCALE = invert(R)

/**
 * What a witness program means, in plain numbers: the witness, or undefined where a check fails. Slow and obvious; the native
 * runner is held to it.
 */
export function interpret(program: WitnessProgram, inputs: readonly bigint[]): bigint[] | undefined {
  const slots: bigint[] = Array(program.slotCount).fill(0n)
  slots[0] = 1n
  for (const [at, slot] of program.inputs.entries()) slots[slot] = inputs[at]!
  const { code, constants } = program
  let at = 0
  const word = () => code[at++]!
  const constant = () => constants[word()]!
  const form = () => {
    const [plain, scaled] = [word(), word()]
    let sum = scaled & 1 ? constant() : 0n
    for (let left = plain & 0xffff; left > 0; left--) sum += slots[word()]!
    for (let left = plain >>> 16; left > 0; left--) sum -= slots[word()]!
    for (let left = scaled >>> 1; left > 0; left--) sum += slots[word()]! * constant() * UNSCALE
    return reduce(sum)
  }
  const write = (slot: number, value: bigint) => {
    if (slot !== NOWHERE) slots[slot] = value
  }
  while (at < code.length) {
    const head = word()
    const count = head >>> 8
    switch (head & 0xff) {
      case OPERATION.sum: {
        const to = word()
        write(to, form())
        break
      }
      case OPERATION.product: {
        const [to, factor] = [word(), constant()]
        const [a, b, rest] = [form(), form(), form()]
        write(to, reduce(factor * UNSCALE * UNSCALE * a * b + rest))
        break
      }
      case OPERATION.quotients: {
        const results: [number, bigint][] = []
        for (let left = count; left > 0; left--) {
          const [to, isFree] = [word(), word()]
          const [numerator, divisor] = [form(), form()]
          if (divisor === 0n && (isFree === 0 || numerator !== 0n)) return undefined
          results.push([to, divisor === 0n ? 0n : reduce(numerator * invert(divisor))])
        }
        for (const [to, value] of results) write(to, value)
        break
      }
      case OPERATION.bits: {
        const value = form()
        let rest = value
        for (let left = count; left > 0; left--, rest >>= 1n) {
          const to = word()
          if (to === NOWHERE && (rest & 1n) === 1n) return undefined
          write(to, rest & 1n)
        }
        if (rest !== 0n) return undefined
        break
      }
      case OPERATION.zeroTest: {
        const to = word()
        const tested = form()
        const [ifZero, otherwise] = [constant(), constant()]
        write(to, tested === 0n ? ifZero : otherwise)
        break
      }
      case OPERATION.oneHot: {
        const [hot, place] = [form(), form()]
        for (let left = count; left > 0; left--) {
          const to = word()
          write(to, constant() === place && hot === 1n ? 1n : 0n)
        }
        break
      }
      case OPERATION.division: {
        const [quotient, remainder] = [word(), word()]
        const [dividend, divisor] = [form(), form()]
        write(quotient, divisor === 0n ? 0n : dividend / divisor)
        write(remainder, divisor === 0n ? 0n : dividend % divisor)
        break
      }
      case OPERATION.signedDigits: {
        const [unit, number] = [form(), form()]
        let bits = number + constant()
        for (let left = count; left > 0; left--, bits >>= 1n) write(word(), bits & 1n ? unit : reduce(-unit))
        break
      }
      case OPERATION.root: {
        const to = word()
        const value = form()
        write(to, squareRoot(value / constant()))
        break
      }
      case OPERATION.places: {
        const to = word()
        const value = form()
        let places = 0
        while (places < count && value << BigInt(places) < 1n << BigInt(count)) places++
        write(to, BigInt(places))
        break
      }
      case OPERATION.sign: {
        const to = word()
        write(to, form() > FIELD / 2n ? 1n : 0n)
        break
      }
      case OPERATION.checkSum:
        if (form() !== 0n) return undefined
        break
      case OPERATION.checkProduct:
        if (reduce(form() * form()) !== form()) return undefined
        break
      case OPERATION.checkBit:
        if (slots[word()]! > 1n) return undefined
        break
      default:
        throw new Error(`unknown operation ${head & 0xff}`)
    }
  }
  return slots.slice(0, program.wireCount)
}

/** floor(sqrt(x)): Heron's steps from above. */
function squareRoot(x: bigint): bigint {
  let root = x
  for (let next = (x + 1n) / 2n; next < root; next = (root + x / root) / 2n) root = next
  return root
}
