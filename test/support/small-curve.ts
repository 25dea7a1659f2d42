import assert from 'node:assert/strict'

interface SmallPoint {
  readonly x: number
  readonly y: number
}

export function isSquare(x: number, p: number): boolean {
  return Array.from({ length: p }, (_, i) => i).some((root) => (root * root - x) % p === 0)
}

/** A twisted Edwards curve over a field of about a hundred elements with 8 l points, l prime, and a complete law. */
export function smallCurve() {
  for (const p of [101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151]) {
    for (let a = 2; a < p; a++) {
      for (let d = 2; d < p; d++) {
        if (a === d || !isSquare(a, p) || isSquare(d, p)) continue
        const points = pointsOf(p, a, d)
        if (points.length % 8 === 0 && isPrime(points.length / 8) && points.length > 64) return curveOf(p, a, d, points)
      }
    }
  }
  throw new Error('there is no such curve')
}

function pointsOf(p: number, a: number, d: number): SmallPoint[] {
  const points: SmallPoint[] = []
  for (let x = 0; x < p; x++) {
    for (let y = 0; y < p; y++) if ((a * x * x + y * y - 1 - d * x * x * ((y * y) % p)) % p === 0) points.push({ x, y })
  }
  return points
}

function curveOf(p: number, a: number, d: number, points: readonly SmallPoint[]) {
  const mod = (x: number) => ((x % p) + p) % p
  const inverses = Array.from({ length: p }, (_, x) =>
    Array.from({ length: p }, (_, y) => y).find((y) => (x * y) % p === 1),
  )
  const invert = (x: number) => inverses[mod(x)] ?? assert.fail('0 has no inverse')
  const add = (P: SmallPoint, Q: SmallPoint): SmallPoint => {
    const t = mod(mod(d * P.x * Q.x) * mod(P.y * Q.y))
    return {
      x: mod(mod(P.x * Q.y + P.y * Q.x) * invert(1 + t)),
      y: mod(mod(P.y * Q.y - mod(a * P.x) * Q.x) * invert(1 - t)),
    }
  }
  const orderOf = (P: SmallPoint) => {
    let order = 1
    for (let Q = P; Q.x !== 0 || Q.y !== 1; Q = add(Q, P)) order++
    return order
  }
  const montgomery = ({ x, y }: SmallPoint) => {
    const u = mod((1 + y) * invert(1 - y))
    return x === 0 ? { u: 0, v: 0 } : { u, v: mod(u * invert(x)) }
  }
  const A = mod(2 * (a + d) * invert(a - d))
  const B = mod(4 * invert(a - d))
  return { p, a, d, A, B, mod, invert, points, montgomery, orderOf, add }
}

function isPrime(n: number): boolean {
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false
  return n > 1
}
