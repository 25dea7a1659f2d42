import { useState } from 'preact/hooks'
import { Desk } from './desk.tsx'
import { SignIn } from './sign-in.tsx'
import type { Trader } from './trader.ts'

/** Signs in, and then shows the account until its token ends or the trader leaves. */
export function App() {
  const [trader, setTrader] = useState<Trader>()
  const [farewell, setFarewell] = useState<string>()
  const leave = (why?: string) => {
    setTrader(undefined)
    setFarewell(why)
  }
  if (trader === undefined) return <SignIn notice={farewell} onTrader={setTrader} />
  return <Desk trader={trader} onLeave={leave} />
}
