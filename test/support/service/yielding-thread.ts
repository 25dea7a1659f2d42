import { getPriority } from 'node:os'
import { answerAsked } from '../../../service/threads/answer-asked.ts'
import { giveWay } from '../../../service/threads/give-way.ts'

giveWay()
answerAsked<null, number>(() => ({ answer: getPriority() }))
