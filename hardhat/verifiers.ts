import { overrideTask } from 'hardhat/config'
import type { HardhatPlugin } from 'hardhat/types/plugins'

/** Writes contracts/verifiers/ from the circuits' verification keys before every build. */
const plugin: HardhatPlugin = {
  id: 'zkclear-verifiers',
  tasks: [
    overrideTask('build')
      .setAction(() => import('./generate-verifiers.ts'))
      .build(),
  ],
}

export default plugin
