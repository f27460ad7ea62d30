/** A running broker and our writers keep each other out of one log directory; readers get on. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from './kafka-broker.js';
import { describeWithKafka } from './kafka-install.js';
import { RUN, createSpoolTopic, spool, spoolMissing } from './spool-command.js';

describeWithKafka(
  'one log directory',
  () => {
    let folder: string;
    let dataDir: string;
    let brokerFolder: string;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'spool-lock-'));
      dataDir = join(folder, 'data');
      brokerFolder = join(folder, 'kafka');
      await createSpoolTopic(dataDir, 'orders');
      await spool(dataDir, ['produce', 'orders', '-m', 'before']);
      const own = join(dataDir, 'brokers', '0', 'log');
      // The broker formats its own directory; ours is then the same one.
      const broker = await startBroker(brokerFolder);
      await broker.stop();
      renameSync(join(own, 'orders-0'), join(folder, 'orders-0'));
      rmSync(own, { recursive: true });
      renameSync(broker.logDir, own);
      symlinkSync(own, broker.logDir);
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    test('is not written to by us while a broker runs on it', async () => {
      const broker = await startBroker(brokerFolder);
      try {
        await expect(spool(dataDir, ['produce', 'orders', '-m', 'x'])).rejects.toThrow(
          /exited with 75:\nerror: a Kafka broker is running on/,
        );
        expect(await spool(dataDir, ['topic', 'list', 'nothing-*'])).toBe('');
      } finally {
        await broker.stop();
      }
    });

    test('is not taken by a broker while one of our writers lives', async () => {
      renameSync(join(folder, 'orders-0'), join(dataDir, 'brokers', '0', 'log', 'orders-0'));
      const env = { ...process.env, SPOOL_DIR: dataDir, NODE_OPTIONS: '' };
      const args = [RUN, 'produce', 'orders', '--report'];
      const writer = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
      writer.stdin.write('held open\n');
      // Once its first record is acknowledged it has the lock.
      const exited = once(writer, 'exit');
      const began = await Promise.race([once(writer.stdout, 'data'), exited]);
      expect(String(began[0])).toMatch(/"first":1/);
      await expect(startBroker(brokerFolder)).rejects.toThrow(/lock/i);
      writer.stdin.end();
      expect(await exited).toEqual([0, null]);
    });
  },
  spoolMissing,
);
