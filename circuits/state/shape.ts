import type { VenueShape } from '../../protocol/shape.ts'

/** A venue's shape as one argument of a template, as state/shape.circom reads it. */
export function shapeArgument(shape: VenueShape): readonly number[] {
  const { markets, collaterals, scenarios, accountLevels, window } = shape
  return [markets, collaterals, scenarios, accountLevels, window]
}
