import { spawnSync } from 'node:child_process';

/** The reason why strace cannot inject faults here, for a lane; undefined: it can. */
export function cannotTrace(): string | undefined {
  const traced = spawnSync(
    'strace',
    ['-f', '-qq', '--seccomp-bpf', '-e', 'inject=chdir:error=EIO', 'true'],
    { encoding: 'utf8' },
  );
  if (traced.status === 0) return undefined;
  const reason = traced.error?.message ?? traced.stderr;
  return `strace cannot inject faults: ${reason.trim().split('\n').at(-1) ?? ''}`;
}
