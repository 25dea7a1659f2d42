import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sourceLocations } from '../../audit/source-locations.ts'

const MAIN = `pragma circom 2.2.3;
/* template Main() { signal input commented; } */
template Main(n) {
    signal input {binary} a, b[n]; // signal output none;
    signal output
        out;
    component step[2];
    for (var i = 0; i < 2; i++) {
        step[i] = Step(n + 1);
        step[i].in <== a;
    }
    component last = parallel Step(1);
    signal hidden <== Step(3)(a);
    input Point() point;
    component absent = Elsewhere();
    component
        foreign = Foreign();
}`
const STEP = `template Step(n) {
    signal input in;
    var x = f(1);
    signal output out <== in;
}
template Main() { signal input other; }`

const LIBRARY = 'template Foreign() { signal input x; component inner = Step(1); }'

const files = [
  { file: '/a/node_modules/b/foreign.circom', text: LIBRARY },
  { file: '/a/main.circom', text: MAIN },
  { file: '/a/step.circom', text: STEP },
]

describe('where a signal is declared', () => {
  const locate = sourceLocations(files, 'Main')
  const lines: Record<string, [file: string, line: number]> = {
    'main.a': ['main', 4],
    'main.b[3]': ['main', 4],
    'main.out': ['main', 6],
    'main.hidden': ['main', 13],
    'main.point.x': ['main', 14],
    'main.step[1].in': ['step', 2],
    'main.last.out': ['step', 4],
    'main.Step_13_402.out': ['step', 4],
    // What is inside a library has the line that makes it.
    'main.foreign.inner.in': ['main', 17],
    'main.Foreign_12_300.x': ['main', 12],
    // What is nowhere has the line of the template around it.
    'main.commented': ['main', 3],
    'main.none': ['main', 3],
    'main.absent.x': ['main', 3],
    'main.step[0].nothing': ['step', 1],
  }
  for (const [name, [file, line]] of Object.entries(lines)) {
    it(`is line ${line} of ${file}.circom for ${name}`, () => {
      assert.deepEqual(locate(name), { file: `/a/${file}.circom`, line })
    })
  }

  it('is not known of what is no signal of the main component, or where its template is nowhere', () => {
    assert.equal(locate('wire 5'), undefined)
    assert.equal(locate('constraint 5'), undefined)
    assert.equal(sourceLocations(files, 'Nowhere')('main.a'), undefined)
    assert.equal(sourceLocations([{ file: '/b', text: 'template Main( { signal' }], 'Main')('main.a')?.line, 1)
  })
})
