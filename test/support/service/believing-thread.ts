import type { SignaturesAnswer, SignaturesAsked } from '../../../service/intake/signature-thread.ts'
import { answerAsked } from '../../../service/threads/answer-asked.ts'

// Checks nothing, and believes everybody: whoever asks it is told by this what it answered.
answerAsked<SignaturesAsked, SignaturesAnswer>(({ checks }) => ({ answer: checks.map(() => true) }))
