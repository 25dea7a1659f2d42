import type { TaskOverrideActionFunction } from 'hardhat/types/tasks'

const buildWithVerifiers: TaskOverrideActionFunction = async (taskArguments, _hre, runSuper) => {
  return await runSuper(taskArguments)
}

export default buildWithVerifiers
