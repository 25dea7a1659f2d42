import type { CircomSource } from '../../circom/sources.ts'

/** Lies that one witness can tell at once. */
export const LIES = 2

/** Numbers that one signal takes: its elements, if it is an array. */
const ELEMENTS = 64
/** Numbers that one instance of a template takes. */
const INSTANCE = 1 << 20

/** The templates whose signals may lie, and their file. */
const LYING_TEMPLATES: Readonly<Record<string, string>> = {
  TradeBatch: 'trade-batch/trade-batch.circom',
  ReadRules: 'trade-batch/trade-batch.circom',
  AdmitMessage: 'trade-batch/message.circom',
  Step: 'trade-batch/step.circom',
  CheckLoad: 'trade-batch/step.circom',
  SettleStep: 'trade-batch/step.circom',
  ShiftWindow: 'trade-batch/window.circom',
  UpdateAccount: 'trade-batch/account.circom',
  CheckMargin: 'trade-batch/account.circom',
  ReplacePosition: 'state/account.circom',
  DivideUp: 'lib/divide.circom',
}

/** Which components hand the lies on, and the loop variable that tells instances apart. */
const WIRES: readonly { template: string; component: string; index?: string }[] = [
  { template: 'TradeBatch', component: 'read' },
  { template: 'TradeBatch', component: 'admit', index: 'n' },
  { template: 'TradeBatch', component: 'step', index: 'k' },
  { template: 'TradeBatch', component: 'update', index: 't' },
  { template: 'TradeBatch', component: 'margin', index: 't' },
  { template: 'Step', component: 'check' },
  { template: 'Step', component: 'settle' },
  { template: 'Step', component: 'shift' },
  { template: 'UpdateAccount', component: 'replace' },
]

/** Inputs of components and fields of buses that may lie, beside the scalar signals that are found by themselves. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  TradeBatch: ['newBook.nextSequence', 'newBook.fees', 'newBook.messageChain', 'newBook.hand'],
  ReadRules: ['rules.halted'],
  Step: ['nonceGrows.in', 'settle.actorOpen', 'settle.victimOpen', 'shift.reduction', 'newHand.remaining'],
  UpdateAccount: [
    'after.keyX',
    'after.ownerCommitment',
    'after.nonce',
    'after.collateral',
    'new.size',
    'new.fundingIndex',
  ],
  ReplacePosition: ['replaced.size', 'replaced.openBuy'],
}

/** One signal that can be made to lie: `Step.beyond`, in file order. */
export interface LyingSignal {
  readonly template: string
  readonly name: string
  readonly number: number
}

export interface LyingSources {
  readonly files: readonly CircomSource[]
  readonly signals: readonly LyingSignal[]
}

/** The number that makes a signal of the given instance lie; instances are counted from 0. */
export function lieNumber(signal: LyingSignal, instance: number, element: number): bigint {
  return BigInt(signal.number * ELEMENTS + element + 1 + instance * INSTANCE)
}

/**
 * Copies of the sources in which a signal takes a given value instead of its own where the new inputs `lie` and `lieValue`
 * say so, and all that depends on it follows. Signals of the original keep their order; the new ones begin with `lie`. Lines
 * keep their numbers, because circom names anonymous components after them.
 */
export function lyingSources(files: readonly CircomSource[]): LyingSources {
  const signals: LyingSignal[] = []
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  for (const [template, path] of Object.entries(LYING_TEMPLATES)) {
    const text = texts.get(path)
    if (text === undefined) throw new Error(`${path} is not among the sources`)
    const start = text.search(new RegExp(`^template ${template}\\(`, 'm'))
    const end = text.indexOf('\n}\n', start)
    if (start < 0 || end < 0) throw new Error(`${path} has no template ${template}`)
    const body = makeLie(template, text.slice(start, end), signals)
    texts.set(path, text.slice(0, start) + body + text.slice(end))
  }
  return { files: files.map((file) => ({ ...file, text: texts.get(file.path)! })), signals }
}

function makeLie(template: string, source: string, signals: LyingSignal[]): string {
  const text = source.replace(/\/\/[^\n]*/g, '')
  const dimensions = new Map<string, number>()
  for (const [, name, dims] of text.matchAll(/\bsignal (?:input |output )?(?:\{\w+\} )?(\w+)((?:\[[^\]]+\])*)/g)) {
    dimensions.set(name!, dims!.split('[').length - 1)
  }
  const inputs = new Set([...text.matchAll(/\bsignal input (?:\{\w+\} )?(\w+)/g)].map(([, name]) => name!))
  const assignment =
    /(signal (?:output )?)?(\{\w+\} )?(?<![\w.\]])([a-z]\w*)((?:\[[^\]]+\])?(?:\.\w+)?(?:\[[^\]]+\])?) <(?:==|--) ([^;]*);/g
  const arrays: { name: string; own: string }[] = []
  let lying = text.replace(assignment, (statement, signal, tag = '', name, rest, expression) => {
    const path = `${name}${rest.replace(/\[[^\]]+\]/g, '')}`
    const isField = path.includes('.')
    const index = /\[([^\]]+)\]/.exec(rest)?.[1]
    const known = isField
      ? FIELDS[template]?.includes(path)
      : !inputs.has(name) && dimensions.get(name) === rest.split('[').length - 1 && !(signal && rest !== '')
    if (!known) return statement
    const lie = { template, name: path, number: signals.length }
    signals.push(lie)
    const number = `${lie.number * ELEMENTS + 1}${index === undefined ? '' : ` + ${index}`}`
    const told = (honest: string) =>
      Array.from({ length: LIES }, (_, i) => i).reduce(
        (otherwise, i) => `(lie[${i}] == ${number} ? lieValue[${i}] : ${otherwise})`,
        honest,
      )
    const needsComponent = /[A-Z]\w*\(.*\)\(/.test(expression) || tag.includes('maxbit')
    if (!needsComponent) return `${signal ?? ''}${tag}${name}${rest} <-- ${told(`(${expression})`)};`
    const own = `lieOf${lie.number}`
    if (index !== undefined) {
      arrays.push({ name, own })
      return `${own}[${index}] <== ${expression}; ${name}${rest} <-- ${told(`${own}[${index}]`)};`
    }
    const declared = signal === undefined ? '' : `${signal}${tag}${name}; `
    const width = tag.includes('maxbit') ? `${name}.maxbit = ${own}.maxbit; ` : ''
    return `signal ${tag}${own} <== ${expression}; ${declared}${width}${name}${rest} <-- ${told(own)};`
  })
  for (const { name, own } of arrays) {
    const declaration = new RegExp(`signal (?:output )?(\\{\\w+\\} )?${name}(\\[[^\\]]+\\]);`)
    lying = lying.replace(declaration, (whole, tag = '', dims) => `${whole} signal ${tag}${own}${dims};`)
  }
  lying = lying.replace('{', `{ signal input lie[${LIES}]; signal input lieValue[${LIES}];`)
  for (const { component, index } of WIRES.filter((wire) => wire.template === template)) {
    const name = index === undefined ? component : `${component}[${index}]`
    const creation = index === undefined ? `component ${component} = ` : `${name} = `
    const at = lying.indexOf(creation)
    const end = lying.indexOf(';', at) + 1
    if (at < 0 || lying.indexOf(creation, end) >= 0) throw new Error(`${template} does not make ${component} once`)
    const handed = index === undefined ? '' : ` - ${INSTANCE} * ${index}`
    const wires = Array.from(
      { length: LIES },
      (_, i) => ` ${name}.lie[${i}] <== lie[${i}]${handed}; ${name}.lieValue[${i}] <== lieValue[${i}];`,
    ).join('')
    lying = lying.slice(0, end) + wires + lying.slice(end)
  }
  // Divisions have no name to hang wires on: element 0 is the taker's fee, element 1 the maker's.
  return lying.replace(/(DivideUp\(.*?\)\()(taker|maker)Owed\)/g, (_, call, side) => {
    const numbers = Array.from({ length: LIES }, (_, i) => `lie[${i}] - ${side === 'maker' ? 1 : 0}`)
    return `${call}[${numbers.join(', ')}], lieValue, ${side}Owed)`
  })
}
