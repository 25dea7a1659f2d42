declare module 'circomlibjs' {
  /** Field elements of the library: 32 bytes in Montgomery form. */
  export type FieldElement = Uint8Array
  export interface Field {
    e(value: bigint | number | string): FieldElement
    toObject(value: FieldElement): bigint
    eq(a: FieldElement, b: FieldElement): boolean
  }
  export interface Poseidon {
    (inputs: readonly (bigint | FieldElement)[], initialState?: bigint | FieldElement, outputs?: number): FieldElement
    F: Field
  }
  export type Point = [FieldElement, FieldElement]
  export interface BabyJub {
    F: Field
    order: bigint
    subOrder: bigint
    Generator: Point
    Base8: Point
    inCurve(point: Point): boolean
    inSubgroup(point: Point): boolean
    mulPointEscalar(point: Point, scalar: bigint): Point
    addPoint(a: Point, b: Point): Point
  }
  export interface Eddsa {
    F: Field
    babyJub: BabyJub
    prv2pub(privateKey: Uint8Array): Point
    signPoseidon(privateKey: Uint8Array, message: FieldElement): { R8: Point; S: bigint }
    verifyPoseidon(message: FieldElement, signature: { R8: Point; S: bigint }, publicKey: Point): boolean
  }
  export function buildPoseidon(): Promise<Poseidon>
  export function buildBabyjub(): Promise<BabyJub>
  export function buildEddsa(): Promise<Eddsa>
}
