import { setImmediate } from 'node:timers/promises'
import { ZkclearError } from '../../../protocol/errors.ts'
import { answerAsked } from '../../../service/threads/answer-asked.ts'

// Answers with the number of rounds that it waited, and cannot do with less than none.
answerAsked(async (rounds: number) => {
  if (rounds < 0) throw new ZkclearError('INPUT_INVALID', `${rounds} rounds are none`)
  for (let i = 0; i < rounds; i++) await setImmediate()
  return { answer: rounds }
})
