import { useEffect, useState } from 'preact/hooks'
import { exitDocument } from '../../../client/exit-document.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { encodeExit } from '../../../venue/files/exit-file.ts'
import { BusyButton } from './busy-button.tsx'
import { Outcome } from './outcome.tsx'
import { PATIENCE } from './patience.ts'
import type { Trader } from './trader.ts'
import { useAction } from './use-action.ts'

/** Gets what the exit of a frozen venue is proved from, and offers it as a file. */
export function ExitFile({ trader }: { readonly trader: Trader }) {
  const { isBusy, outcome, run } = useAction()
  const [file, setFile] = useState<Blob>()
  const [href, setHref] = useState<string>()
  useEffect(() => {
    if (file === undefined) return
    const url = URL.createObjectURL(file)
    setHref(url)
    return () => URL.revokeObjectURL(url)
  }, [file])
  const fetchIt = () =>
    run(async () => {
      setFile(new Blob([`${await exitText(trader)}\n`], { type: 'application/json' }))
      return {
        isGood: true,
        text: 'It is here, and leads to the state that the venue names. It holds your view key: show it to nobody.',
      }
    })
  return (
    <>
      <div class="buttons">
        <BusyButton type="button" isBusy={isBusy} onClick={fetchIt}>
          {isBusy ? 'Asking the venue …' : 'Get my exit.json'}
        </BusyButton>
        {href !== undefined && (
          <a class="button main" href={href} download="exit.json">
            Save exit.json
          </a>
        )}
      </div>
      <Outcome outcome={outcome} />
    </>
  )
}

/** The file, of this account and this venue. Throws VENUE_REFUSED, VENUE_UNREACHABLE. */
async function exitText({ session, account, domain, secrets }: Trader): Promise<string> {
  const { exit, profile } = exitDocument(await session.exit(PATIENCE), secrets.viewKey)
  if (exit.index !== account || exit.domain !== domain) {
    throw new ZkclearError('VENUE_REFUSED', 'the venue tells of another account, or of another venue')
  }
  return JSON.stringify(encodeExit(exit, profile), undefined, 2)
}
