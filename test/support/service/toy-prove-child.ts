// What zkclear worker runs to prove, for toy circuits.
import type { CircuitDefinition } from '../../../circuits/types.ts'
import { answerOrders } from '../../../service/worker/answer-orders.ts'
import { PRODUCT, SLOW } from '../toy-definitions.ts'

answerOrders({ product: PRODUCT, slow: SLOW } as unknown as Record<string, CircuitDefinition>)
