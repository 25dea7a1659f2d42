import { parentPort } from 'node:worker_threads'
import { reasonOf } from './reason.ts'
import type { FromThread, ToThread } from './thread.ts'

/** What is answered, and the memory of it that is handed over instead of copied. */
export interface Handed<Answer> {
  readonly answer: Answer
  readonly memory?: readonly ArrayBuffer[]
}

/** In a thread: answers what it is asked, one after the other, until it is told that there is nothing more. */
export function answerAsked<Asked, Answer>(work: (asked: Asked) => Handed<Answer> | Promise<Handed<Answer>>): void {
  const port = parentPort!
  const say = (told: FromThread<Answer>, memory: readonly ArrayBuffer[] = []) => port.postMessage(told, [...memory])
  let last: Promise<void> = Promise.resolve()
  const one = async (told: ToThread<Asked>) => {
    if ('end' in told) {
      port.close()
      return
    }
    try {
      const { answer, memory } = await work(told.asked)
      say({ answer }, memory)
    } catch (error) {
      say({ failed: reasonOf(error) })
    }
  }
  port.on('message', (told: ToThread<Asked>) => {
    last = last.then(() => one(told))
  })
}
