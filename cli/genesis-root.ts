import { ZkclearError } from '../protocol/errors.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { genesisState, stateRoot } from '../protocol/state.ts'
import { readGenesis } from './venue-files.ts'

/** The state root to begin from, as given or of a genesis file. Throws INPUT_INVALID unless exactly one is there. */
export async function readGenesisRoot(options: {
  readonly genesisRoot?: bigint
  readonly genesis?: string
  readonly profile: ProfileName
}): Promise<bigint> {
  const { genesisRoot, genesis } = options
  if ((genesisRoot === undefined) === (genesis === undefined)) {
    const message = `got ${genesis === undefined ? 'neither' : 'both'}, need either --genesis-root or --genesis`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--genesis' })
  }
  if (genesis === undefined) return genesisRoot!
  return stateRoot(genesisState(await readGenesis(genesis, options.profile), venueShape(options.profile)))
}
