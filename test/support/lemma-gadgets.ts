import { WINDOWS } from '../../circuits/lib/fixed-base-windows.ts'
import type { InputShape } from '../../circuits/types.ts'
import { compileCached } from '../../lab/circuits/compile-cached.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../lab/circuits/gadget.ts'
import { harnessOf } from '../../lab/circuits/harness.ts'

const SHAPES: Readonly<Record<string, Readonly<Record<string, InputShape>>>> = {
  OfAliasCheck: { in: [254] },
  OfBabyCheck: { x: [], y: [] },
  OfBabyAdd: { x1: [], y1: [], x2: [], y2: [] },
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
  OfEdDSAPoseidonVerifier: { enabled: [], Ax: [], Ay: [], S: [], R8x: [], R8y: [], M: [] },
}

const opened = new Map<string, ReturnType<typeof open>>()

/** A wrapper of lemmas.circom, compiled without simplification; the gadget is its component `gadget`. */
export function lemmaGadget(wrapper: string): ReturnType<typeof open> {
  const known = opened.get(wrapper) ?? open(wrapper)
  opened.set(wrapper, known)
  return known
}

async function open(wrapper: string) {
  const definition = gadgetDefinition(wrapper, [], SHAPES[wrapper]!, 'lemmas.circom')
  const files = await compileCached(definition, { optimization: 'O0', sourceRoots: GADGET_ROOTS })
  return { ...(await harnessOf(definition, files)), sym: files.sym }
}
