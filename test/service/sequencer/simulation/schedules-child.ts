// Runs the schedules of so many seeds, from argv[2] on, argv[3] of them; prints what happened and what it took, as JSON.
import process from 'node:process'
import { runSchedule } from './simulate.ts'

// Refusals are errors too, thousands of them. Whoever looks into a seed runs it by itself.
Error.stackTraceLimit = 0
const [first, count] = process.argv.slice(2).map(BigInt) as [bigint, bigint]
const seen = new Map<string, number>()
for (let seed = first; seed < first + count; seed++) runSchedule(seed, seen)
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ seen: Object.fromEntries(seen), seconds: (user + system) / 1e6 }))
