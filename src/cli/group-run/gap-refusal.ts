import type { Gap } from '../../core/index.js';
import { gapText } from '../../view/consume-view.js';
import { EXIT } from '../exit-codes.js';
import type { GroupRun } from './group-run.js';

/** Records that were gone before they could be read, where that is not to be passed over. */
export class GapRefusal {
  readonly #run: GroupRun;
  isMade = false;

  constructor(run: GroupRun) {
    this.#run = run;
  }

  /** Whether reading goes on. */
  readonly onGap = (gap: Gap): boolean => {
    const { plan, voice } = this.#run;
    voice.warn(gapText(gap));
    if (plan.join.onGap !== 'fail') return true;
    voice.fail(EXIT.notFound);
    this.isMade = true;
    return false;
  };
}
