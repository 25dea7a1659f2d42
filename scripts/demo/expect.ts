/** Ends the demo, with an exit code that says so, where something is not as it says it is. */
export function expect(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Error(`not as expected: ${claim}`)
}
