import type { Random } from '../../protocol/random.ts'
import { choose, multiplex, negate, notZero } from './planted-choices.ts'
import { addEdwards, addMontgomery, double, toEdwards, toMontgomery } from './planted-curve-steps.ts'
import { Ladder } from './planted-ladder.ts'

/** Those that are listed more often come more often. */
const MOVES: readonly ((ladder: Ladder) => void)[] = [
  (ladder) => ladder.base(),
  toMontgomery,
  toMontgomery,
  toEdwards,
  double,
  double,
  addMontgomery,
  addMontgomery,
  addMontgomery,
  addEdwards,
  choose,
  choose,
  multiplex,
  negate,
  notZero,
]

/**
 * Gadgets in random order, applied to whatever points there are. Points have small multiples, and all orders, so that equal points,
 * opposite ones and those of order 2 meet often. A step that no witness satisfies is left out.
 */
export function plantedLadder(random: Random): Ladder {
  const ladder = new Ladder(random)
  const bases = random.pick([1, 1, 2])
  for (let i = 0; i < bases; i++) ladder.base()
  for (let left = random.between(3n, 14n); left > 0n; left--) random.pick(MOVES)(ladder)
  return ladder
}
