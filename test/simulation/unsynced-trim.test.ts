/** A log start that outlives the records below it. */
import { expect, test } from '@jest/globals';

import { contradictions } from './contradictions.js';
import { newStage, Stage } from './stage.js';
import { survey } from './survey.js';

// The start is kept durably, the records below it are not: their offsets must not be given out again, below
// the start, where nothing is read.
test('after a trim of records that nobody synced and a power cut, offsets go on', async () => {
  const stage = await newStage({ hasDirectory: true });
  await stage.create('orders');
  await stage.produce('orders', [[20], [20], [20]], { isSynced: false });
  await stage.trim('orders', 0, 2);
  const ledger = stage.ledger.copy();
  ledger.forgiveUnsynced();
  const next = new Stage(stage.machine.afterPowerCut(0), ledger);
  await next.produce('orders', [[20]]);
  const found = await survey(next.machine);
  const allowed = [found.facets];
  expect(contradictions(found, { ledger, allowed, isUnrecovered: false })).toEqual([]);
});
