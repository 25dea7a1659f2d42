// Starts the embedded database on the folder argv[2], prints the server's number, and stops it at SIGTERM.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import process from 'node:process'
import { startPostgres } from '../../../service/postgres/server.ts'

const terminated = once(process, 'SIGTERM')
const keepAlive = setInterval(() => undefined, 1 << 30)
await using server = await startPostgres({ directory: process.argv[2]! })
writeSync(1, `${server.pid}\n`)
await terminated
clearInterval(keepAlive)
