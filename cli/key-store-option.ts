import { Option } from 'commander'

/** The file with a venue's keys. */
export interface KeyStoreOption {
  readonly keyStore: string
}

export function keyStoreOption(): Option {
  return new Option('--key-store <file>', "file with the venue's keys").makeOptionMandatory()
}
