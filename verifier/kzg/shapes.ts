/**
 * PLONK and FFLONK as snarkjs makes them, which both end in openings of KZG commitments. A proof is a list of commitments
 * and of evaluations; names and order are those of snarkjs, in calldata too. A key has commitments and field elements.
 */
export const SHAPES = {
  plonk: {
    points: ['A', 'B', 'C', 'Z', 'T1', 'T2', 'T3', 'Wxi', 'Wxiw'],
    evaluations: ['eval_a', 'eval_b', 'eval_c', 'eval_s1', 'eval_s2', 'eval_zw'],
    keyPoints: ['Qm', 'Ql', 'Qr', 'Qo', 'Qc', 'S1', 'S2', 'S3'],
    keyScalars: ['k1', 'k2', 'w'],
  },
  fflonk: {
    points: ['C1', 'C2', 'W1', 'W2'],
    evaluations: [
      ...(['ql', 'qr', 'qm', 'qo', 'qc', 's1', 's2', 's3'] as const),
      ...(['a', 'b', 'c', 'z', 'zw', 't1w', 't2w', 'inv'] as const),
    ],
    keyPoints: ['C0'],
    keyScalars: ['k1', 'k2', 'w', 'w3', 'w4', 'w8', 'wr'],
  },
} as const

export type KzgSystem = keyof typeof SHAPES
export type PointName<S extends KzgSystem> = (typeof SHAPES)[S]['points'][number]
export type EvaluationName<S extends KzgSystem> = (typeof SHAPES)[S]['evaluations'][number]
export type KeyPointName<S extends KzgSystem> = (typeof SHAPES)[S]['keyPoints'][number]
export type KeyScalarName<S extends KzgSystem> = (typeof SHAPES)[S]['keyScalars'][number]

/** An object with one value for each name. */
export function record<Name extends string, Value>(
  names: readonly Name[],
  value: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>
}

/** The object with every value mapped. */
export function mapValues<Value, Result>(object: Readonly<Record<string, Value>>, map: (value: Value) => Result) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]))
}
