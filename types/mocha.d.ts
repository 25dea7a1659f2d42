/** The part of mocha, Hardhat's test runner, that the contract tests use. */
declare module 'mocha' {
  type Body = () => unknown
  export function describe(title: string, body: () => void): void
  export function it(title: string, body: Body): void
  export function before(body: Body): void
  export function beforeEach(body: Body): void
  export function after(body: Body): void
}
