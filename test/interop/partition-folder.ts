/** Moving a partition between Kafka and Spool: a partition is its folder. */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Puts one system's partition files in the other's folder, which keeps its own topic id. */
export function replacePartitionFiles(from: string, to: string): void {
  const isContent = (name: string) => name !== 'partition.metadata';
  for (const name of readdirSync(to).filter(isContent)) rmSync(join(to, name));
  for (const name of readdirSync(from).filter(isContent)) cpSync(join(from, name), join(to, name));
}
