/**
 * The committed fixtures are what Kafka says they are. `UPDATE_GOLDEN=1` (or
 * scripts/kafka/make-fixtures.sh) makes them anew first.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtureRecipes } from './fixture-recipes.js';
import { headerOf, loadFixture, makeFixtures } from './golden-fixtures.js';
import type { GoldenFixture } from './golden-fixtures.js';
import { describeWithKafka } from './kafka-install.js';
import { expectCleanDump, readBatches, segmentFiles } from './kafka-tools.js';
import type { JsonBatch } from './kafka-tools.js';

describeWithKafka('the golden fixtures', () => {
  beforeAll(async () => {
    if (process.env['UPDATE_GOLDEN'] !== '1') return;
    const folder = mkdtempSync(join(tmpdir(), 'spool-fixtures-'));
    await makeFixtures(folder);
    rmSync(folder, { recursive: true });
  }, 240_000);

  describe.each(fixtureRecipes())('$name: $purpose', (recipe) => {
    let fixture: GoldenFixture;
    let batches: JsonBatch[];

    beforeAll(async () => {
      fixture = loadFixture(recipe);
      batches = await readBatches(segmentFiles(fixture.partition, /\.log$/));
    });

    test('has the batches that are written beside it', () => {
      expect(batches.map(headerOf)).toEqual(fixture.batches);
    });

    test('holds exactly the records that a consumer is given', () => {
      const records = batches.filter((batch) => !batch.isControl).flatMap((batch) => batch.records);
      expect(records).toEqual(fixture.readUncommitted);
      expect(records).toEqual(expect.arrayContaining([...fixture.readCommitted]));
    });

    test('is sound by the dump tool', async () => {
      const allowGaps = recipe.isCompacted === true;
      const dump = await expectCleanDump(segmentFiles(fixture.partition), { allowGaps });
      expect(dump.batchCount).toBe(fixture.batches.length);
    });
  });
});
