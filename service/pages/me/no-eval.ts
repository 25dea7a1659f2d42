import { config } from 'zod'

// zod would try whether it may make code of text, which the page's policy forbids. To be imported before any schema.
config({ jitless: true })
