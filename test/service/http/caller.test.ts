import assert from 'node:assert/strict'
import { it } from 'node:test'
import { callerOf } from '../../../service/http/caller.ts'

for (const [address, caller] of [
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:0:5:1:2:3:4', '2001:db8:0:5::/64'],
  ['2001:db8:0:5::ffff', '2001:db8:0:5::/64'],
  ['2001:DB8::5:0:0:0:1', '2001:db8:0:5::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['fe80::1:2:3:4%eth0', 'fe80:0:0:0::/64'],
] as const) {
  it(`${address} counts to ${caller}`, () => assert.equal(callerOf(address), caller))
}
