import process from 'node:process'
import { answerAsked } from '../../../service/threads/answer-asked.ts'

// A thread that ends when it is asked, as one does that has no memory left.
answerAsked(() => process.exit(3))
