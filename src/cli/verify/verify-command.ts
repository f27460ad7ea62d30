/** What verifying and repairing share: going through topics with a status line. */
import { isCoreError } from '../../core/errors.js';
import {
  type Cluster,
  type TopicVerification,
  inspectFiles,
  repairFiles,
} from '../../core/index.js';
import {
  type RepairReport,
  keptAsideText,
  repairPlanText,
  repairQuestion,
} from '../../view/repair-plan.js';
import { verifyReport } from '../../view/verify-report.js';
import { ClusterCommand } from '../cluster-command.js';
import { EXIT } from '../exit-codes.js';

export interface RepairFlags {
  readonly yes: boolean;
  readonly 'dry-run': boolean;
}

interface VerifyOptions {
  /** They were asked for by name: one that is not there is a failure. */
  readonly isNamed: boolean;
}

export abstract class VerifyCommand extends ClusterCommand {
  protected async verifyTopics(
    cluster: Cluster,
    names: readonly string[],
    { isNamed }: VerifyOptions,
  ): Promise<TopicVerification[]> {
    const inspection = await inspectFiles(cluster);
    const onVerified = this.counting('verifying', inspection.logBytes(names));
    const verified = await this.forEachTarget(names, async (name) => {
      try {
        return [await inspection.verifyTopic(name, { onVerified, stop: this.stop })];
      } catch (error) {
        // A topic that nobody asked for by name may be deleted meanwhile.
        if (isGone(error) && !isNamed) return [];
        throw error;
      }
    });
    return verified.flat();
  }

  /**
   * Says what would be lost, asks, repairs, and verifies again. Resolves with what there is to show;
   * undefined where the answer was no.
   */
  protected async repairTopics(
    cluster: Cluster,
    verified: readonly TopicVerification[],
    { yes, 'dry-run': dryRun }: RepairFlags,
  ): Promise<RepairReport | undefined> {
    const repair = await repairFiles(cluster);
    const progress = { onBytes: this.counting('examining'), stop: this.stop };
    const planned = await this.forEachTarget(verified, (topic) => repair.plan(topic, progress));
    const plans = planned.flat();
    const doable = plans.filter(({ actions }) => actions.length > 0);
    if (plans.some(({ irreparable }) => irreparable.length > 0)) this.fail(EXIT.damaged);
    if (plans.length > 0 && !dryRun) this.note(repairPlanText(plans));
    if (dryRun || doable.length === 0) {
      if (plans.length === 0) this.noteOnTerminal('nothing to repair');
      return { ...verifyReport(verified), dryRun, repairs: plans };
    }
    if (!(await this.confirm(repairQuestion(doable), { yes }))) {
      this.fail(EXIT.damaged);
      return undefined;
    }
    const working = { onBytes: this.counting('repairing'), stop: this.stop };
    const repairs = await this.forEachTarget(doable, (plan) => repair.apply(plan, working));
    for (const line of keptAsideText(repairs)) this.note(line);
    const names = verified.map(({ topic }) => topic);
    const after = verifyReport(await this.verifyTopics(cluster, names, { isNamed: true }));
    return { ...after, dryRun, repairs };
  }

  /** A status line that counts bytes, for as long as it takes. */
  protected counting(label: string, total?: number): (bytes: number) => void {
    const progress = this.progress({
      label,
      unit: 'bytes',
      ...(total === undefined ? {} : { total }),
    });
    let done = 0;
    return (bytes) => {
      progress.update((done += bytes));
    };
  }
}

function isGone(error: unknown): boolean {
  return isCoreError(error, 'UNKNOWN_TOPIC_ID') || isCoreError(error, 'UNKNOWN_TOPIC_OR_PARTITION');
}
