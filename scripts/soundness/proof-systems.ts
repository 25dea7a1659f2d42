/**
 * Measures the small margin-sufficiency circuit in every proof system: keys, proofs by snarkjs, and what its verifier costs on
 * a chain; checks there that the proof holds and that signal + r does not; and records the table. Takes some minutes.
 * Arguments: the proof systems to measure anew; those left out keep what is recorded. Default: all.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Interface, toBeHex } from 'ethers'
import { marginSufficiency, PROOF_SYSTEMS, type ProofSystem } from '../../circuits/index.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { compileContracts, KZG_OPTIMIZER_RUNS } from '../../settlement/index.ts'
import {
  kzgWords,
  type Proof,
  readProof,
  soliditySource,
  toCalldata,
  verifierContractName,
} from '../../verifier/index.ts'
import { runChild } from '../bench/run-child.ts'
import type { ProofSystemRun } from './proof-system-child.ts'
import { readRecord, recordSection } from './record.ts'
import type { ProofSystemsData } from './sections/proofSystems.ts'

const RUNS = 1
const CHILD = './proof-system-child.ts'

async function measure(system: ProofSystem, directory: string) {
  const built = await runChild<Pick<ProofSystemRun, 'buildSeconds'>>(CHILD, [system, directory, 0])
  const run = await runChild<ProofSystemRun>(CHILD, [system, directory, RUNS])
  const signals = run.publicSignals.map(BigInt)
  return { ...run, ...built, ...(await onChain(system, directory, readProof(system, run.proof), signals)) }
}

async function onChain(system: ProofSystem, buildDirectory: string, proof: Proof, signals: readonly bigint[]) {
  const { files, manifest } = await loadArtifacts(marginSufficiency, 'small', { proofSystem: system, buildDirectory })
  const name = verifierContractName(marginSufficiency, system)
  const digest = manifest.files['vkey.json'].sha256
  const source = await soliditySource(marginSufficiency, JSON.parse(await readFile(files.vkey, 'utf8')), {
    ...{ proofSystem: system, digest, setup: 'dev' },
  })
  const runs = system === 'groth16' ? undefined : KZG_OPTIMIZER_RUNS
  const { abi, bytecode } = (await compileContracts({ [name]: source }, runs))[name]!
  const { network } = await import('hardhat')
  const connection = await network.create()
  try {
    const [signer] = await connection.ethers.getSigners()
    const { contractAddress: to, gasUsed } = (await (await signer!.sendTransaction({ data: bytecode })).wait())!
    const { selector } = new Interface(abi as string[]).getFunction('verifyProof')!
    const calldata = (of: readonly bigint[]) =>
      `${selector}${[...wordsOf(proof, signals), ...of].map((word) => toBeHex(word, 32).slice(2)).join('')}`
    const holds = async (of: readonly bigint[]) => BigInt(await signer!.call({ to: to!, data: calldata(of) })) === 1n
    assert.equal(await holds(signals), true)
    for (const [i, signal] of signals.entries()) assert.equal(await holds(signals.with(i, signal + FIELD)), false)
    const verifyGas = await signer!.estimateGas({ to: to!, data: calldata(signals) })
    return { verifyGas: Number(verifyGas), deployGas: Number(gasUsed), codeBytes: (bytecode.length - 2) / 2 }
  } finally {
    await connection.close()
  }
}

function wordsOf(proof: Proof, signals: readonly bigint[]): readonly bigint[] {
  if ('protocol' in proof) return kzgWords(proof)
  const { pA, pB, pC } = toCalldata(marginSufficiency, proof, marginSufficiency.decodeStatement!(signals))
  return [...pA, ...pB.flat(), ...pC]
}

const wanted: readonly string[] = process.argv.slice(2)
const directory = await mkdtemp(join(tmpdir(), 'zkclear-'))
try {
  const { proofSystems } = (await readRecord()) as { proofSystems?: ProofSystemsData }
  const systems: Record<string, ProofSystemsData['systems'][string]> = {}
  for (const system of PROOF_SYSTEMS) {
    const recorded = proofSystems?.systems[system]
    if (wanted.length > 0 && !wanted.includes(system) && recorded !== undefined) {
      systems[system] = recorded
      continue
    }
    const { proof: _, publicSignals: __, ...measured } = await measure(system, directory)
    systems[system] = measured
    console.error(system, measured)
    await recordSection('proofSystems', { systems } satisfies ProofSystemsData)
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}
