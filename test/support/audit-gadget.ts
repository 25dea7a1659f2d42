import { type AuditReport, audit } from '../../audit/audit.ts'
import { checkEquivalence } from '../../circom/equivalence.ts'
import type { InputShape } from '../../circuits/types.ts'
import { compileSystem } from '../../lab/circuits/compile-cached.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../lab/circuits/gadget.ts'
import { readNamedSystem } from '../../lab/circuits/named-system.ts'

/** What the audit says of every signal of a gadget, and what simplification makes of it. */
export interface AuditedGadget {
  readonly report: AuditReport
  /** Constraints after simplification. */
  readonly constraints: number
  /** Whether simplification left the solutions as they were. */
  readonly equivalent: boolean
}

export async function auditGadget(
  template: string,
  args: readonly number[],
  shapes: Readonly<Record<string, InputShape>>,
  publicSignals: readonly string[],
): Promise<AuditedGadget> {
  const gadget = gadgetDefinition(template, args, shapes)
  const definition = { ...gadget, name: `${gadget.name}-audited`, publicSignals }
  const open = async (optimization: 'O0' | 'O2') =>
    readNamedSystem(await compileSystem(definition, { optimization, sourceRoots: GADGET_ROOTS }))
  const [full, simplified] = [await open('O0'), await open('O2')]
  const report = await audit({ ...full, targets: 'all', timeout: 600_000 })
  const { equivalent } = checkEquivalence(full.r1cs, simplified.r1cs)
  return { report, constraints: simplified.r1cs.nConstraints, equivalent }
}
