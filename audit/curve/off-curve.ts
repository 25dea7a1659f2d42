/** A pair of coordinates that is no point of Baby Jubjub, and a scalar by which ladders that take it for one go wrong. */
export interface OffCurve {
  readonly x: bigint
  readonly y: bigint
  readonly scalar: bigint
}

/**
 * The formulas for v^2 = u^3 + 168698 u^2 + u know nothing of its constant term: to a pair off the curve they apply the group
 * law of a curve v^2 = u^3 + 168698 u^2 + u + d. That of the first pair gives it order 7, that of the second order 5
 * (from Tate's normal form of curves with a point of such an order). A ladder that adds 8 P and P = 8 P, or 8 P and
 * 3 P = 8 P, divides 0 by 0; its scalars are such that it does, and that it chooses the sum. (An attack by another curve, as in
 * Biehl, Meyer and Mueller, CRYPTO 2000, but for circuits.)
 */
export const OFF_CURVE: readonly OffCurve[] = [
  {
    x: 12966974985131480265596015788014392344272131206387950387899061043858558991746n,
    y: 16652753180295475680728065245038807742236765634180480821690370218139682164396n,
    scalar: 8n,
  },
  {
    x: 11444874341162335154057360976136496896056829308925213828922925870248304428060n,
    y: 17498263122548987813035589077224479335730297531847048628539490725338490335183n,
    scalar: 10n,
  },
]
