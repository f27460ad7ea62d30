import type { Gap } from '../../core/index.js';
import { gapText } from '../../view/consume-view.js';
import { EXIT } from '../exit-codes.js';
import type { GroupRun } from './group-run.js';

/** Records that were gone before they could be read, where that is not to be passed over. */
export class GapRefusal {
  readonly #run: GroupRun;
  readonly #tell: (gap: Gap) => void;
  isMade = false;

  constructor(
    run: GroupRun,
    tell = (gap: Gap): void => {
      run.voice.warn(gapText(gap));
    },
  ) {
    this.#run = run;
    this.#tell = tell;
  }

  /** Whether reading goes on. */
  readonly onGap = (gap: Gap): boolean => {
    const { plan, voice } = this.#run;
    this.#tell(gap);
    // What was never acknowledged is no loss.
    if (plan.join.onGap !== 'fail' || gap.reason === 'unsynced') return true;
    voice.fail(EXIT.notFound);
    this.isMade = true;
    return false;
  };
}
