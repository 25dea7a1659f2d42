import { ZkclearError } from '../../protocol/errors.ts'

/**
 * What a node told of the Settlement, which was found before. Where its answers cannot be, as events are missing or nothing is there
 * (INPUT_INVALID at `settlement`), it is behind or broken, and may say otherwise the next time: throws CHAIN_UNREACHABLE for that.
 */
export async function toldByNode<T>(answers: Promise<T>): Promise<T> {
  try {
    return await answers
  } catch (cause) {
    if (!(cause instanceof ZkclearError) || cause.code !== 'INPUT_INVALID' || cause.path !== 'settlement') throw cause
    throw new ZkclearError('CHAIN_UNREACHABLE', `the node's answers cannot be: ${cause.message}`, { cause })
  }
}
