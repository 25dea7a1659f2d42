import { type Instruction, mayFail, read, written } from './instructions.ts'

/**
 * Steps in levels: what needs no quotient, the quotients of that, what needs no others, and so on. The quotients of one level
 * share one inversion, so that signatures go side by side. Leaves out what nothing reads.
 */
export function schedule(
  steps: readonly Instruction[],
  valueCount: number,
  wanted: Iterable<number>,
): readonly (readonly Instruction[])[] {
  const isNeeded = new Uint8Array(valueCount)
  for (const value of wanted) isNeeded[value] = 1
  const kept: Instruction[] = []
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at]!
    if (!mayFail(step) && !written(step).some((value) => isNeeded[value])) continue
    kept.push(step)
    for (const form of read(step)) for (const value of form.wires) isNeeded[value] = 1
  }
  const levelOf = new Uint32Array(valueCount)
  const levels: Instruction[][] = []
  for (const step of kept.reverse()) {
    let level = 0
    for (const form of read(step)) for (const value of form.wires) level = Math.max(level, levelOf[value]!)
    const isQuotient = step.kind === 'quotient'
    const place = 2 * level + (isQuotient ? 1 : 0)
    while (levels.length <= place) levels.push([])
    levels[place]!.push(step)
    for (const value of written(step)) levelOf[value] = isQuotient ? level + 1 : level
  }
  return levels
}
