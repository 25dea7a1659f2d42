import { WINDOWS } from '../../circuits/lib/fixed-base-windows.ts'
import type { InputShape } from '../../circuits/types.ts'
import { compileCached } from '../../lab/circuits/compile-cached.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../lab/circuits/gadget.ts'
import { harnessOf } from '../../lab/circuits/harness.ts'

const SHAPES: Readonly<Record<string, Readonly<Record<string, InputShape>>>> = {
  OfAliasCheck: { in: [254] },
  OfBabyCheck: { x: [], y: [] },
  OfBabyAdd: { x1: [], y1: [], x2: [], y2: [] },
  OfEdwards2Montgomery: { in: [2] },
  OfMontgomery2Edwards: { in: [2] },
  OfMontgomeryDouble: { in: [2] },
  OfMontgomeryAdd: { in1: [2], in2: [2] },
  OfMultiMux2: { c: [2, 4], s: [2] },
  OfMultiMux3: { c: [2, 8], s: [3] },
  OfMultiMux4: { c: [2, 16], s: [4] },
  OfBits2Point_Strict: { in: [256] },
  OfEscalarMulFix: { e: [253] },
  OfEscalarMulAny: { e: [254], p: [2] },
  OfAssertSignature: {
    enabled: [],
    keyX: [],
    keyY: [],
    R8x: [],
    R8y: [],
    message: [],
    window: [WINDOWS + 1, 2],
  },
  OfSquareRoot: { in: [] },
  OfDeviation: { volatility: [], seconds: [] },
  OfLogarithm: { in: [] },
  OfWideLogarithm: { in: [] },
  OfWideOutOfTheMoney: { high: [], low: [], distance: [], deviation: [] },
  OfOutOfTheMoney: { high: [], low: [], distance: [], deviation: [] },
  ChecksSignature: { enabled: [], Ax: [], Ay: [], S: [], R8x: [], R8y: [], M: [] },
  OfEdDSAPoseidonVerifier: { enabled: [], Ax: [], Ay: [], S: [], R8x: [], R8y: [], M: [] },
}

/** Of the wrappers that take the length of an input. */
const SHAPES_OF_LENGTH: Readonly<Record<string, (n: number) => Readonly<Record<string, InputShape>>>> = {
  TimesPoint: (n) => ({ e: [n], x: [], y: [] }),
  TimesAnything: (n) => ({ e: [n], x: [], y: [] }),
  SegmentTimesPoint: (n) => ({ e: [n], x: [], y: [] }),
  TimesBase: (n) => ({ e: [n] }),
  TimesGenerator: (n) => ({ e: [n] }),
  WindowsTimesPoint: (n) => ({ e: [3 * n], x: [], y: [], inverse: [] }),
  PedersenOfBits: (n) => ({ in: [n] }),
  PedersenOfAnything: (n) => ({ in: [n] }),
}

const opened = new Map<string, ReturnType<typeof open>>()

/** A wrapper of lemmas.circom, compiled without simplification; the gadget is its component `gadget`. */
export function lemmaGadget(wrapper: string, ...args: readonly number[]): ReturnType<typeof open> {
  const name = [wrapper, ...args].join('-')
  const known = opened.get(name) ?? open(wrapper, args)
  opened.set(name, known)
  return known
}

async function open(wrapper: string, args: readonly number[]) {
  const [length] = args
  const shapes = length === undefined ? SHAPES[wrapper] : SHAPES_OF_LENGTH[wrapper]!(length)
  const definition = gadgetDefinition(wrapper, args, shapes!, 'lemmas.circom')
  const files = await compileCached(definition, { optimization: 'O0', sourceRoots: GADGET_ROOTS })
  return { ...(await harnessOf(definition, files)), sym: files.sym }
}
