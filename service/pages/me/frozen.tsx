import { ExitFile } from './exit-file.tsx'
import type { Trader } from './trader.ts'

/** In place of all that trades, once the venue is frozen: how what the account is owed is had from the contract. */
export function Frozen({ trader }: { readonly trader: Trader }) {
  const { account, settlement, url } = trader
  const at = `--rpc <node> --settlement ${settlement}`
  return (
    <section class="card" aria-labelledby="frozen">
      <h2 id="frozen">The venue is frozen</h2>
      <p class="notice bad" role="alert">
        Nothing is traded or settled here any more, for ever. What you are owed is in the contract, and has to be
        claimed there.
      </p>
      <p class="small">
        Claim soon: what is claimed in the first period is paid first, and after the second nothing is. The command{' '}
        <code>zkclear</code> of the package does it:
      </p>
      <ol class="steps">
        <li>
          See until when: <code>{`zkclear exit show ${at} --account ${account}`}</code>
        </li>
        <li>
          Get what the claim is proved from, while this venue answers, and put it into a folder <code>mine</code>:
          <ExitFile trader={trader} />
          Or by the command, which looks at the contract, too:{' '}
          <code>{`zkclear exit fetch --venue ${url} --keys <your keys file> --account ${account} ${at} --out mine`}</code>
          . Once the venue does not answer, <code>zkclear recover</code> has it from the chain.
        </li>
        <li>
          Prove it: <code>zkclear exit prove --recovery mine --out claim.json</code>
        </li>
        <li>
          Claim: <code>{`zkclear exit claim --proof claim.json ${at}`}</code>
        </li>
        <li>
          When the first period is over, <code>zkclear exit payout</code>, and from the owner's wallet{' '}
          <code>zkclear account claim</code>.
        </li>
      </ol>
      <p class="small muted">The chapter docs/exit.md of the package says all of it.</p>
    </section>
  )
}
