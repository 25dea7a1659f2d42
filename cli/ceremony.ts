import { beaconCommand } from './ceremony-beacon.ts'
import { contributeCommand } from './ceremony-contribute.ts'
import { exportCommand } from './ceremony-export.ts'
import { initCommand } from './ceremony-init.ts'
import { statusCommand } from './ceremony-status.ts'
import { verifyCommand } from './ceremony-verify.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `Makes keys that nobody can forge proofs under as long as one contributor is honest: phase 2 of the Groth16 set-up,
over a published powers-of-tau file. docs/ceremony.md says how one is run. Nothing is downloaded or overwritten, and a
command that was interrupted goes on where it stopped when it is given again.`

const COMMANDS = [initCommand, contributeCommand, beaconCommand, verifyCommand, statusCommand, exportCommand]

export const verb: Verb = newGroup('ceremony', DESCRIPTION, {
  examples: [
    'zkclear ceremony init --dir ceremony --ptau powersOfTau28_hez_final_16.ptau',
    'zkclear ceremony contribute --dir ceremony --name "A. Contributor"',
    'zkclear ceremony status --dir ceremony --json',
  ],
  commands: COMMANDS,
})
