/** A whole number of any size, with commas between thousands. */
export function whole(value: bigint | number | string): string {
  return BigInt(value).toLocaleString('en')
}

/** How many of something there are, such as `1 proof` or `1,234 proofs`. */
export function counted(count: number, what: string): string {
  return `${whole(count)} ${what}${count === 1 ? '' : 's'}`
}

const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** The same in few characters, such as 12.3K: rounded. */
export function short(value: bigint | number | string): string {
  return SHORT.format(BigInt(value))
}

/** How long something takes, in words: `milliseconds` of any sign count as none below 0. */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds)
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** What a clock shows that runs down: `4:05`, `2:13:11`, `3 d 02:13:11`; 0:00 once it is over. */
export function timer(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds))
  const two = (value: number) => `${value}`.padStart(2, '0')
  const [days, hours] = [Math.floor(left / 86_400), Math.floor(left / 3600) % 24]
  const [minutes, rest] = [Math.floor(left / 60) % 60, two(left % 60)]
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}:${rest}`
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** The time of day of unix milliseconds, where the reader is. */
export function timeOfDay(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

/** The ends of a long hex text. */
export function ends(text: string): string {
  return text.length <= 16 ? text : `${text.slice(0, 8)}…${text.slice(-6)}`
}
