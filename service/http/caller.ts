import { isIPv6, SocketAddress } from 'node:net'

/**
 * Whom an address counts to when it has its share: itself, and of IPv6 the network of 2^64 addresses that a single customer has at least.
 * An IPv4 address in IPv6's form is itself.
 */
export function callerOf(address: string): string {
  const [bare] = address.split('%') as [string]
  if (!isIPv6(bare)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  const { address: short } = new SocketAddress({ address: bare, family: 'ipv6' })
  const [head, tail] = short.split('::') as [string, string | undefined]
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)]
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return `${all.slice(0, 4).join(':')}::/64`
}
