import { terms } from './constraint-rows.ts'
import type { Ladder } from './planted-ladder.ts'

// circomlib's gadgets of points: each adds one to a ladder, or nothing where a witness has no quotient that it asks for.

const A = 168_698n

export function toMontgomery(ladder: Ladder): void {
  const [x, y] = ladder.pick('edwards')
  const u = ladder.quotient(terms([y, 1n], [0, 1n]), terms([y, -1n], [0, 1n]))
  const v = u && ladder.quotient([[u, 1n]], [[x, 1n]])
  if (u === undefined || v === undefined) return
  ladder.result('Edwards2Montgomery()', 'montgomery', { 'in[0]': x, 'in[1]': y, 'out[0]': u, 'out[1]': v })
}

export function toEdwards(ladder: Ladder): void {
  const [u, v] = ladder.pick('montgomery')
  if (u === 0) return
  const x = ladder.quotient([[u, 1n]], [[v, 1n]])
  const y = x && ladder.quotient(terms([u, 1n], [0, -1n]), terms([u, 1n], [0, 1n]))
  if (x === undefined || y === undefined) return
  ladder.result('Montgomery2Edwards()', 'edwards', { 'in[0]': u, 'in[1]': v, 'out[0]': x, 'out[1]': y })
}

export function double(ladder: Ladder): void {
  const [u, v] = ladder.pick('montgomery')
  if (u === 0) return
  const square = ladder.plot.derive([u], (value) => value * value)
  ladder.row([[u, 1n]], [[u, 1n]], [[square, 1n]])
  const lamda = ladder.quotient(terms([square, 3n], [u, 2n * A], [0, 1n]), [[v, 2n]])
  if (lamda === undefined) return
  const u3 = ladder.plot.derive([lamda, u], (slope, one) => slope * slope - A - 2n * one)
  const v3 = ladder.plot.derive([lamda, u, u3, v], (slope, one, three, ordinate) => slope * (one - three) - ordinate)
  ladder.row([[lamda, 1n]], [[lamda, 1n]], terms([u3, 1n], [u, 2n], [0, A]))
  ladder.row([[lamda, 1n]], terms([u, 1n], [u3, -1n]), terms([v3, 1n], [v, 1n]))
  const wires = { 'in[0]': u, 'in[1]': v, lamda, x1_2: square, 'out[0]': u3, 'out[1]': v3 }
  ladder.result('MontgomeryDouble()', 'montgomery', wires)
}

export function addMontgomery(ladder: Ladder): void {
  const [[u1, v1], [u2, v2]] = [ladder.pick('montgomery'), ladder.pick('montgomery')]
  if (u1 === 0) return
  const lamda = ladder.quotient(terms([v2, 1n], [v1, -1n]), terms([u2, 1n], [u1, -1n]))
  if (lamda === undefined) return
  const u3 = ladder.plot.derive([lamda, u1, u2], (slope, one, two) => slope * slope - A - one - two)
  const v3 = ladder.plot.derive([lamda, u1, u3, v1], (slope, one, three, ordinate) => slope * (one - three) - ordinate)
  ladder.row([[lamda, 1n]], [[lamda, 1n]], terms([u3, 1n], [u1, 1n], [u2, 1n], [0, A]))
  ladder.row([[lamda, 1n]], terms([u1, 1n], [u3, -1n]), terms([v3, 1n], [v1, 1n]))
  const wires = { 'in1[0]': u1, 'in1[1]': v1, 'in2[0]': u2, 'in2[1]': v2, lamda, 'out[0]': u3, 'out[1]': v3 }
  ladder.result('MontgomeryAdd()', 'montgomery', wires)
}

export function addEdwards(ladder: Ladder): void {
  const { plot } = ladder
  const [[x1, y1], [x2, y2]] = [ladder.pick('edwards'), ladder.pick('edwards')]
  const beta = plot.derive([x1, y2], (x, y) => x * y)
  const gamma = plot.derive([y1, x2], (y, x) => y * x)
  const delta = plot.derive([x1, y1, x2, y2], (a, b, c, d) => (b - 168_700n * a) * (c + d))
  const tau = plot.derive([beta, gamma], (b, c) => b * c)
  ladder.row([[x1, 1n]], [[y2, 1n]], [[beta, 1n]])
  ladder.row([[y1, 1n]], [[x2, 1n]], [[gamma, 1n]])
  ladder.row(terms([x1, -168_700n], [y1, 1n]), terms([x2, 1n], [y2, 1n]), [[delta, 1n]])
  ladder.row([[beta, 1n]], [[gamma, 1n]], [[tau, 1n]])
  const xout = ladder.quotient(terms([beta, 1n], [gamma, 1n]), terms([tau, 168_696n], [0, 1n]))
  const yout =
    xout && ladder.quotient(terms([delta, 1n], [beta, 168_700n], [gamma, -1n]), terms([tau, -168_696n], [0, 1n]))
  if (xout === undefined || yout === undefined) return
  ladder.result('BabyAdd()', 'edwards', { x1, y1, x2, y2, xout, yout, beta, gamma, delta, tau })
}
