export async function readGenesisRoot(_o: unknown): Promise<bigint> {
  return (_o as any).genesisRoot
}
