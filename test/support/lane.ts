/**
 * A suite that needs more than Node: a tool from the system, or root's rights. Where that is missing
 * the suite is SKIPPED, under a name that says why; in CI (CI=true) the same is a failure.
 */
import { describe, expect, test } from '@jest/globals';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface LaneNeeds {
  /** Programs that must be on the PATH. */
  readonly programs?: readonly string[];
  /** Mounting, other users' rights. */
  readonly root?: boolean;
  /** Anything else: the reason why it cannot run here, or undefined. */
  readonly check?: () => string | undefined;
}

export function lane(name: string, needs: LaneNeeds, body: () => void): void {
  const missing = missingFor(needs);
  if (missing === undefined) {
    describe(name, body);
    return;
  }
  process.stderr.write(`    SKIPPED ${name}: ${missing}\n`);
  if (process.env['CI'] === 'true') {
    test(`${name} can run here`, () => {
      expect(missing).toBeUndefined();
    });
  } else {
    test.skip(`${name} (SKIPPED: ${missing})`, () => undefined);
  }
}

function missingFor({ programs = [], root = false, check }: LaneNeeds): string | undefined {
  if (process.platform !== 'linux') return 'only on Linux';
  const absent = programs.filter((program) => !isOnPath(program));
  if (absent.length > 0) return `not installed: ${absent.join(', ')}`;
  if (root && process.getuid?.() !== 0) return 'only root can do this';
  return check?.();
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
