export { PUBLISHED_POWERS_OF_TAU, type PublishedPowersOfTau } from './published-powers-of-tau.ts'
