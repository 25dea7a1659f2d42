export { type Compilation, type CompileOptions, compileCircuit } from './compile.ts'
export { COMPILER_VERSION, type CompilableCircuit, type Optimization } from './main-component.ts'
export { type R1cs, readR1cs } from './r1cs.ts'
export { readSymbols, type Symbols } from './symbols.ts'
