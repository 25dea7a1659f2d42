import { suite } from 'node:test'
import { sampleOf } from '../../../lab/mutation/sample.ts'
import { boundaryTest, ofBoundaries } from '../../support/corpus-boundaries.ts'

suite('the boundary tester on the corpus', () => {
  for (const bug of ofBoundaries('bug')) boundaryTest(bug)
  // *.slow.test.ts asks about all of them.
  for (const twin of sampleOf(ofBoundaries('twin'), 4, 1)) boundaryTest(twin)
})
