/** What is wrong with an attestation document. */
export type AttestationFault =
  /** It is not in form. */
  | 'MALFORMED'
  /** It was not signed, as it stands, with the key of its certificate. */
  | 'SIGNATURE'
  /** Its chain begins with another root than the one that is pinned. */
  | 'ROOT'
  /** A certificate was not issued by the one before it, or may not be used for what it is. */
  | 'CHAIN'
  /** A certificate is not valid yet, or not any more, or the document is of another time. */
  | 'VALIDITY'
  /** It has another nonce than the one that was asked for, or none. */
  | 'NONCE'
  /** The enclave runs in debug mode: whoever runs its machine can read it. */
  | 'DEBUG'
  /** It measures none of the images that are allowed. */
  | 'IMAGE'
  /** It has no public key to which anything can be wrapped. */
  | 'KEY'

/** Why an attestation document is not taken. */
export class AttestationRefused extends Error {
  readonly fault: AttestationFault

  constructor(fault: AttestationFault, message: string) {
    super(message)
    this.fault = fault
  }
}

export function malformed(message: string): AttestationRefused {
  return new AttestationRefused('MALFORMED', message)
}
