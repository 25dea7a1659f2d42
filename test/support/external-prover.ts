/**
 * An outside prover as `npm run bench -- --external` starts it: snarkjs on the files of a command line, or something that goes
 * wrong. Arguments: how (honest, fails, other-signals, other-proof, garbage), zkey, wtns, proof, public.
 */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { curves, groth16 } from 'snarkjs'

const [how, zkey, wtns, proofFile, publicFile] = process.argv.slice(2) as [string, string, string, string, string]
if (how === 'fails') {
  console.error('out of luck')
  process.exit(3)
}
const { proof, publicSignals } = await groth16.prove(zkey, wtns)
const written = how === 'other-proof' ? { ...(proof as object), pi_c: (proof as { pi_a: unknown }).pi_a } : proof
await writeFile(proofFile, how === 'garbage' ? '{}' : JSON.stringify(written))
await writeFile(publicFile, JSON.stringify(how === 'other-signals' ? publicSignals.map(() => '1') : publicSignals))
await (await curves.getCurveFromName('bn128')).terminate()
