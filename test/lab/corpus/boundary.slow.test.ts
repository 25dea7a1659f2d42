import { suite } from 'node:test'
import { boundaryTest, ofBoundaries } from '../../support/corpus-boundaries.ts'

suite('the boundary tester on every circuit of the corpus that has no bug', () => {
  for (const twin of ofBoundaries('twin')) boundaryTest(twin)
})
