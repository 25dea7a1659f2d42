import { terms } from './constraint-rows.ts'
import type { Ladder } from './planted-ladder.ts'

// What stands between the gadgets of points: choices among them, negations and tests.

/** One of two points by a selector, which mostly is a bit, as Multiplexor2 and conditions write it. */
export function choose(ladder: Ladder): void {
  const { random } = ladder.plot
  const form = ladder.form()
  const [if0, if1] = [ladder.pick(form), ladder.pick(form)]
  const s = ladder.selector()
  const chosen = [0, 1].map((i) => {
    const [a, b] = [if0[i]!, if1[i]!]
    const out = ladder.plot.derive([a, b, s], (x, y, bit) => x + (y - x) * bit)
    const difference = terms([b, 1n], [a, -1n])
    if (random.chance(70)) ladder.row(difference, [[s, 1n]], terms([out, 1n], [a, -1n]))
    else ladder.row(terms([s, 1n], [0, -1n]), difference, terms([out, 1n], [b, -1n]))
    return out
  })
  ladder.points.push({ form, wires: chosen as [number, number] })
}

/** One of four points by two selectors. */
export function multiplex(ladder: Ladder): void {
  const { plot } = ladder
  const form = ladder.form()
  const c = Array.from({ length: 4 }, () => ladder.pick(form))
  const s = [ladder.selector(), ladder.selector()] as const
  const s10 = plot.derive([...s], (low, high) => low * high)
  ladder.row([[s[1], 1n]], [[s[0], 1n]], [[s10, 1n]])
  const wires: Record<string, number> = { 's[0]': s[0], 's[1]': s[1], s10 }
  const out = [0, 1].map((i) => {
    const of = c.map((point) => point[i]!)
    const [c0, c1, c2, c3] = of as [number, number, number, number]
    const both = plot.derive([...of, s10], (...v) => (v[3]! - v[2]! - v[1]! + v[0]!) * v[4]!)
    const high = plot.derive([c2, c0, s[1]], (x, y, bit) => (x - y) * bit)
    const low = plot.derive([c1, c0, s[0]], (x, y, bit) => (x - y) * bit)
    const sum = plot.derive([both, high, low, c0], (...v) => v.reduce((total, value) => total + value))
    ladder.row(terms([c3, 1n], [c2, -1n], [c1, -1n], [c0, 1n]), [[s10, 1n]], [[both, 1n]])
    ladder.row(terms([c2, 1n], [c0, -1n]), [[s[1], 1n]], [[high, 1n]])
    ladder.row(terms([c1, 1n], [c0, -1n]), [[s[0], 1n]], [[low, 1n]])
    ladder.row([], [], terms([both, 1n], [high, 1n], [low, 1n], [c0, 1n], [sum, -1n]))
    for (const [k, wire] of of.entries()) wires[`c[${i}][${k}]`] = wire
    return sum
  })
  ladder.steps.push({ template: 'MultiMux2(2)', wires: { ...wires, 'out[0]': out[0]!, 'out[1]': out[1]! } })
  ladder.points.push({ form, wires: out as [number, number] })
}

/** The opposite of a point. */
export function negate(ladder: Ladder): void {
  const form = ladder.form()
  const [first, second] = ladder.pick(form)
  if (first === 0 && second === 0) return
  const turned = form === 'edwards' ? first : second
  const negative = ladder.plot.derive([turned], (value) => -value)
  ladder.row([], [], terms([negative, 1n], [turned, 1n]))
  ladder.points.push({ form, wires: form === 'edwards' ? [negative, second] : [first, negative] })
}

/** Says of the coordinate that only points of order 1 and 2 have as 0, or of its zero test, that it is not 0. */
export function notZero(ladder: Ladder): void {
  const form = ladder.form()
  const [first, second] = ladder.pick(form)
  const wire = form === 'edwards' ? first : second
  if (wire !== 0) ladder.quotient([[0, 1n]], [[wire, 1n]])
}
