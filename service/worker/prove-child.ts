// Proves in a process of its own, so that one that runs out of memory takes a proof with it and nothing else.
import { CIRCUITS } from '../../circuits/index.ts'
import type { CircuitDefinition } from '../../circuits/types.ts'
import { answerOrders } from './answer-orders.ts'

answerOrders(CIRCUITS as unknown as Readonly<Record<string, CircuitDefinition>>)
