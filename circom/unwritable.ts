const CODES = [
  ...(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG'] as const),
  ...(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'] as const),
]

/** Whether that is how a system says that nothing can be written there: no right, no such place, no room. */
export function isUnwritable(code: unknown): boolean {
  return (CODES as readonly unknown[]).includes(code)
}
