// Compares two compiled systems in a process of its own, so that it can be killed and its memory goes back at once.
// argv[2] is a SimplificationJob as JSON, argv[3] the number of the parent; what came of it is sent there.

import { ZkclearError } from '../protocol/errors.ts'
import { endWithParent } from './end-with-parent.ts'
import { checkEquivalence } from './equivalence.ts'
import { type R1cs, readR1cs } from './r1cs.ts'
import { type Differences, MOST_NAMED, type Simplification, type SimplificationJob } from './simplification.ts'
import { describeConstraint, parseSymbols, readSymbols, type Symbols } from './symbols.ts'

const job: SimplificationJob = JSON.parse(process.argv[2]!)

async function compare(): Promise<Simplification> {
  const [full, simplified] = [await readR1cs(job.full.r1cs), await readR1cs(job.simplified.r1cs)]
  const [fullNames, names] = [await symbolsOf(job.full.sym), await symbolsOf(job.simplified.sym)]
  const { equivalent, missing, extra, restricting, redundant, moved } = checkEquivalence(full, simplified)
  const signals = (labels: readonly number[]): Differences<string> => ({
    count: labels.length,
    first: labels.slice(0, MOST_NAMED).map((label) => fullNames.signalOf(label)?.name ?? `signal of label ${label}`),
  })
  return {
    equivalent,
    constraints: { full: full.nConstraints, simplified: simplified.nConstraints },
    missing: constraints(full, fullNames, missing),
    extra: constraints(simplified, names, extra),
    restricting: constraints(full, fullNames, restricting),
    redundant: signals(redundant),
    moved: signals(moved),
  }
}

function symbolsOf(path: string | undefined): Promise<Symbols> | Symbols {
  return path === undefined ? parseSymbols('') : readSymbols(path)
}

function constraints(r1cs: R1cs, symbols: Symbols, all: readonly number[]) {
  return { count: all.length, first: all.slice(0, MOST_NAMED).map((one) => describeConstraint(r1cs, symbols, one)) }
}

/** Errors that are the files' fault keep their code. */
async function outcome() {
  try {
    return { simplification: await compare() }
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    return { error: { code: error.code, message: error.message } }
  }
}

endWithParent(Number(process.argv[3]))
process.send!(await outcome(), () => process.disconnect())
