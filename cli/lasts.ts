/** Whether a command of that line goes on until it is interrupted: then an interrupt is its usual end, also while it starts. */
export function lasts([verb, ...rest]: readonly string[]): boolean {
  if (verb === 'serve' || verb === 'worker') return true
  if (verb === 'oracle') return rest[0] === 'serve'
  return (verb === 'backup' || verb === 'watch') && rest.includes('--follow')
}
