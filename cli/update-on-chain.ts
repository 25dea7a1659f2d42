import { existsSync } from 'node:fs'
import { type RiskUpdateStatement, riskUpdate } from '../circuits/risk-update/index.ts'
import { retiredOf } from '../circuits/risk-update/statement.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { hashRiskParameters } from '../protocol/risk/parameter-words.ts'
import type { RiskParameters } from '../protocol/risk/parameters.ts'
import type { RiskSnapshot } from '../protocol/risk/update.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import {
  type Connection,
  type RiskStatus,
  readRiskStatus,
  requireUpdatable,
  toldParameters,
  updateRisk,
} from '../settlement/index.ts'
import { encodeRiskSnapshot } from '../venue/index.ts'
import type { Groth16Proof } from '../verifier/index.ts'
import { connectSender } from './chain-options.ts'
import { jsonText } from './json-text.ts'
import { newestTable } from './newest-table.ts'
import { nextTable, proveTable } from './next-table.ts'
import { openOutputFile } from './output-file.ts'
import { readProofFile } from './proof-file.ts'
import { requireProof } from './require-proof.ts'
import type { RiskUpdateOptions } from './risk-update-options.ts'
import type { Session } from './session.ts'
import { tableText } from './table.ts'
import { readRiskParameters, readRiskSnapshot } from './venue-files.ts'

type OnChain = RiskUpdateOptions & { readonly rpc: string }

interface ProvedUpdate {
  readonly proof: Groth16Proof
  readonly statement: RiskUpdateStatement
}

/** Makes, proves and settles the table that follows the chain's newest; what an earlier run made of that is used. */
export async function updateOnChain(options: OnChain, session: Session) {
  const { settlement, out } = options
  using connection = await connectSender(options)
  const { signer, chainId } = connection
  session.log.info({ chainId: `${chainId}` }, 'connected')
  const status = await readRiskStatus({ provider: signer.provider!, settlement })
  requireUpdatable(status)
  const domain = settlementDomain(chainId, settlement)
  const kept = await keptProof(options, { status, domain }, session)
  const proved = kept ?? (await proveNext(options, { connection, status, domain }, session))
  const settled = await settleOnce(options, { connection, proved }, session)
  const document = { ...proved.document, chainId, settlement, reused: kept !== undefined, ...settled }
  const { number, settled: when, transactionHash, blockNumber, gasUsed } = settled
  const rows = [[number, when, transactionHash ?? '', blockNumber ?? '', gasUsed ?? '']]
  const table = tableText(['table', 'settled', 'transaction', 'block', 'gas'], rows)
  return { document, text: `${kept === undefined ? proved.text : `the proof in ${out} was made before`}\n${table}` }
}

interface Standing {
  readonly status: RiskStatus
  readonly domain: bigint
}

/** The proof that an earlier run left in --out, if it is of the table that comes next and can be settled. */
async function keptProof(options: OnChain, { status, domain }: Standing, { warn }: Session) {
  const { out, snapshotOut } = options
  if (!existsSync(out)) return undefined
  const file = await readProofFile(out)
  if (file.circuit !== 'risk-update') {
    const message = `is a proof of ${file.circuit}, which would be replaced; name another file`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--out' })
  }
  const statement = file.statement as RiskUpdateStatement
  const { asOf, oldRiskRoot, parametersRoot, listings } = statement
  const { earliest, latest } = status.window
  const follows = oldRiskRoot === status.riskRoot && retiredOf(listings) === status.retiredMarkets
  const isNext = statement.domain === domain && follows
  if (!isNext || parametersRoot !== status.parametersRoot || asOf < earliest || asOf > latest) return undefined
  try {
    await requireProof(riskUpdate, { ...file, statement }, out, options)
  } catch (error) {
    if (!(error instanceof ZkclearError) || error.code !== 'PROOF_INVALID') throw error
    warn(`the proof in ${out} does not hold under these keys, so another is made`)
    return undefined
  }
  const { profile, proof } = file
  return { proof, statement, text: '', document: { out, snapshotOut, profile, statement } }
}

async function proveNext(options: OnChain, at: Standing & { readonly connection: Connection }, session: Session) {
  const { status, domain } = at
  const { profile, parameters } = await parametersInForce(options, at, session)
  const before = await newestSnapshot(options, profile, at, session)
  const basis = { profile, parameters, before, retired: status.retiredMarkets, domain, window: status.window }
  const next = await nextTable(options.report, basis, session)
  return { ...(await proveTable(next, options, session)), statement: next.statement }
}

/** Those of the file, which must be in force, or what the chain tells. */
async function parametersInForce(
  { parameters: file, profile, fromBlock }: OnChain,
  { status, connection }: { readonly status: RiskStatus; readonly connection: Connection },
  { signal }: Session,
): Promise<{ profile: ProfileName; parameters: RiskParameters }> {
  const { parametersRoot, authority } = status
  if (file !== undefined) {
    const given = await readRiskParameters(file)
    const root = hashRiskParameters(given.parameters)
    if (root === parametersRoot) return given
    const message = `${file} has the root ${root}, and ${parametersRoot} is in force; leave the option out to take those of the chain`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--parameters' })
  }
  const { provider } = connection.signer
  const where = { provider: provider!, authority, fromBlock: Number(fromBlock), signal }
  return { profile, parameters: await toldParameters({ ...where, shape: venueShape(profile), parametersRoot }) }
}

/**
 * The snapshot of the chain's newest table: that of --before or --snapshot-out, or computed from the newest of them that the chain
 * has. What was computed is kept in --snapshot-out.
 */
async function newestSnapshot(
  { before, snapshotOut, settlement, fromBlock }: OnChain,
  profile: ProfileName,
  { status, connection }: { readonly status: RiskStatus; readonly connection: Connection },
  session: Session,
): Promise<RiskSnapshot | undefined> {
  const { riskRoot } = status
  if (riskRoot === 0n) return undefined
  const files = [...(before === undefined ? [] : [before]), ...(existsSync(snapshotOut) ? [snapshotOut] : [])]
  const snapshots = await Promise.all(files.map((file) => readRiskSnapshot(file, profile)))
  const place = { provider: connection.signer.provider!, settlement, profile, fromBlock }
  const newest = await newestTable(place, { riskRoot, snapshots }, session)
  if (snapshots.includes(newest)) return newest
  await using file = await openOutputFile(snapshotOut)
  await file.commit(jsonText(encodeRiskSnapshot(newest, profile)))
  return newest
}

/** Settles the update; that somebody else brought the very same one first is no failure. */
async function settleOnce(
  { settlement }: OnChain,
  { connection, proved }: { readonly connection: Connection; readonly proved: ProvedUpdate },
  { signal, onProgress, warn }: Session,
) {
  const { signer } = connection
  try {
    const { number, transactionHash, blockNumber, gasUsed } = await updateRisk({
      ...{ signer, settlement, proved, signal, onProgress },
    })
    return { settled: 'now', number, transactionHash, blockNumber, gasUsed }
  } catch (error) {
    if (!(error instanceof ZkclearError) || error.details.standing !== 'settled') throw error
    const { last } = await readRiskStatus({ provider: signer.provider!, settlement })
    const { number } = last.find(({ root }) => root === proved.statement.newRiskRoot)!
    warn('somebody else settled this very update first')
    return { settled: 'before', number }
  }
}
