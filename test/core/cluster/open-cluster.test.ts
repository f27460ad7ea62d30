import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClusterRequest,
  createDirectoryCluster,
  openDirectoryCluster,
} from '../../../src/core/cluster/open-cluster.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'spool-open-'));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function request(path: string): ClusterRequest {
  return {
    path,
    command: 'test',
    lockTimeoutMs: 1000,
    now: Date.now,
    random: Math.random,
    stop: new AbortController().signal,
  };
}

test('opening makes nothing; creating makes a private directory, with what is missing above it', async () => {
  const path = join(home, 'a', 'b');
  expect(() => openDirectoryCluster(request(path))).toThrow(/there is no data directory/);
  expect(existsSync(join(home, 'a'))).toBe(false);
  const created = await createDirectoryCluster(request(path), () => undefined);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  const again = await createDirectoryCluster(request(path), () => undefined);
  expect(again.directory.clusterId).toBe(created.directory.clusterId);
  expect(openDirectoryCluster(request(path)).directory.clusterId).toBe(created.directory.clusterId);
  expect(created.env.locks.protocol).toBe(created.directory.lockProtocol);
});
