import type { Random } from '../../../protocol/random.ts'

/** A request as it goes over the wire. */
export interface RawRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | undefined
}

/** JSON before it is text: as what can be in it that JavaScript has no value for stands {@link Raw}. */
type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value } | Raw

/** Text that goes into JSON as it is. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const NUMBERS = ['-0', '-1', '1.5', '1e400', '1e-9', '9007199254740993', '4294967296', '00', '0x10', 'NaN', '1e3']
const STRINGS = [
  ...[
    '',
    '0',
    '-1',
    '00',
    '+1',
    ' 1',
    '1 ',
    '1e9',
    '0x10',
    'null',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '\u202e',
  ],
  ...[
    '21888242871839275222246405745257275088548364400416034343698204186575808495617',
    `${2n ** 256n}`,
    '9'.repeat(5000),
  ],
  ...['<script>', "' OR 1=1 --", '../../etc/passwd', '%00', 'x'.repeat(70_000), '\n', '🜁'],
]
const PATHS = [
  '',
  '.',
  '..',
  '%2e%2e',
  '%',
  '%zz',
  '%00',
  '%c0%af',
  '-1',
  '1e9',
  'NaN',
  '*',
  "'",
  '9'.repeat(400),
  '0'.repeat(20),
  'ü',
  '//',
  '?',
]
const HEADERS: readonly (readonly [string, string])[] = [
  ...(
    [
      'text/plain',
      'application/xml',
      'application/json; charset=utf-7',
      'multipart/form-data; boundary=x',
      '',
      ',',
    ] as const
  ).map((type) => ['content-type', type] as const),
  ...(['Bearer', 'Bearer ', 'Basic eDp5', 'Bearer a b', `Bearer ${'A'.repeat(4000)}`, 'bearer x'] as const).map(
    (value) => ['authorization', value] as const,
  ),
  ['accept', 'image/png'],
  ['accept-encoding', 'br;q=2'],
  ['content-encoding', 'gzip'],
  ['expect', '200-nothing'],
  ['x-http-method-override', 'DELETE'],
  ['range', 'bytes=0-'],
  ['if-none-match', '*'],
]
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE']

/** The request with one thing or a few changed, each of which somebody might send by mistake or on purpose. */
export function mutate(random: Random, request: RawRequest): RawRequest {
  let changed = request
  for (let more = 1 + below(random, 3); more > 0; more--) changed = mutateOnce(random, changed)
  return changed
}

function mutateOnce(random: Random, request: RawRequest): RawRequest {
  const { body, path, headers } = request
  const dice = below(random, 100)
  if (dice < 55 && body !== undefined) return { ...request, body: mutatedBody(random, body) }
  if (dice < 62 && body === undefined) return { ...request, body: random.pick(STRINGS) }
  if (dice < 80) return { ...request, path: mutatedPath(random, path) }
  if (dice < 92) {
    const [name, value] = random.pick(HEADERS)
    return { ...request, headers: { ...headers, [name]: value } }
  }
  if (dice < 95) return { ...request, headers: {} }
  return { ...request, method: random.pick(METHODS) }
}

/** Its structure, if it is JSON still; else its bytes. */
function mutatedBody(random: Random, body: string | Buffer): string | Buffer {
  if (typeof body !== 'string') return mutatedBytes(random, body)
  const json = below(random, 4) > 0 ? parsed(body) : undefined
  return json === undefined ? mutatedBytes(random, Buffer.from(body)) : textOf(mutatedValue(random, json))
}

function mutatedBytes(random: Random, bytes: Buffer): Buffer {
  const at = below(random, bytes.length + 1)
  const end = at + below(random, Math.min(40, bytes.length - at) + 1)
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
  const way = below(random, 5)
  if (way === 0) return Buffer.concat([head, tail])
  if (way === 1) return Buffer.concat([head, middle, middle, tail])
  if (way === 2) return Buffer.concat([head, Buffer.from(random.bytes(1 + below(random, 8))), tail])
  if (way === 3) return head
  const flipped = Buffer.from(bytes)
  if (at < flipped.length) flipped[at]! ^= 1 << below(random, 8)
  return flipped
}

/** Another value in one place of it, the places alike in their chances by depth. */
function mutatedValue(random: Random, value: Value): Value {
  const inner = Array.isArray(value) ? value.length : isRecord(value) ? Object.keys(value).length : 0
  if (inner === 0 || below(random, 4) === 0) return changedValue(random, value)
  if (Array.isArray(value)) {
    const at = below(random, inner)
    return value.with(at, mutatedValue(random, value[at]))
  }
  const record = value as Readonly<Record<string, Value>>
  const key = random.pick(Object.keys(record))
  return { ...record, [key]: mutatedValue(random, record[key]!) }
}

function changedValue(random: Random, value: Value): Value {
  const way = below(random, 12)
  if (way === 0) return null
  if (way === 1) return random.pick([true, false])
  if (way === 2) return new Raw(random.pick(NUMBERS))
  if (way === 3) return random.pick(STRINGS)
  if (way === 4) return []
  if (way === 5) return {}
  if (way === 6) return new Raw('['.repeat(2000) + ']'.repeat(2000))
  if (way === 7) return Array.from({ length: 1 + below(random, 300) }, () => value)
  if (typeof value === 'string')
    return random.pick([`${value}0`, value.slice(1), ` ${value}`, `-${value}`, value.toUpperCase()])
  if (typeof value === 'number') return random.pick([-value, value + 1, `${value}`, value + 0.5, 2 ** 53])
  if (Array.isArray(value)) return random.pick([value.slice(1), [...value, ...value], [value], value.toReversed()])
  if (isRecord(value)) return changedRecord(random, value)
  return random.pick(STRINGS)
}

function changedRecord(random: Random, record: Readonly<Record<string, Value>>): Value {
  const entries = Object.entries(record)
  if (entries.length === 0) return null
  const at = below(random, entries.length)
  const way = below(random, 4)
  if (way === 0) return Object.fromEntries(entries.toSpliced(at, 1))
  if (way === 1) return { ...record, [random.pick(STRINGS)]: entries[at]![1] }
  const twice = [...entries, entries[at]!].map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`)
  if (way === 2) return new Raw(`{${twice.join(',')}}`)
  return new Raw(`{"__proto__":${textOf(record)},${twice.slice(1).join(',')}}`)
}

function mutatedPath(random: Random, path: string): string {
  const [place, query = ''] = path.split('?') as [string, string?]
  const way = below(random, 5)
  const steps = place.split('/')
  const at = 1 + below(random, Math.max(1, steps.length - 1))
  if (way === 0) return `${steps.with(Math.min(at, steps.length - 1), random.pick(PATHS)).join('/')}?${query}`
  if (way === 1) return `${place}/${random.pick(PATHS)}?${query}`
  if (way === 2) return `${place}?${query}&${encodeURIComponent(random.pick(STRINGS).slice(0, 200).toWellFormed())}=1`
  if (way === 3)
    return `${place}?${query.replaceAll(/=[^&]*/g, () => `=${encodeURIComponent(random.pick(STRINGS).slice(0, 2000).toWellFormed())}`)}`
  return `${place}?${query}&${query}`
}

function textOf(value: Value): string {
  if (value instanceof Raw) return value.text
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}:${textOf(part)}`)
    .join(',')}}`
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}

function isRecord(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Raw)
}

function below(random: Random, bound: number): number {
  return Number(random.between(0n, BigInt(bound - 1)))
}
