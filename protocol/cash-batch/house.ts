/** The account that collects fees (protocol.md#house). */
export const HOUSE = 0
