import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demoOptions } from '../../scripts/demo/options.ts'

test('the demo takes its options, and of others says in one line which there are', () => {
  const { serve, quick, profile } = demoOptions(['--serve', '--profile', 'standard'])
  assert.deepEqual({ serve, quick, profile }, { serve: true, quick: false, profile: 'standard' })
  const refused = (args: string[], message: RegExp) =>
    assert.throws(() => demoOptions(args), { code: 'INPUT_INVALID', message })
  refused(['--server'], /^Unknown option '--server'; the options are --serve, --quick, --profile <name> and --out <fol/)
  refused(['quickly'], /^Unexpected argument 'quickly'.*; the options are/)
  refused(['--profile'], /^Option '--profile <value>' argument missing; the options are/)
})
