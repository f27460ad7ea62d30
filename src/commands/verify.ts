import { Args } from '@oclif/core';
import { ClusterCommand } from '../cli/cluster-command.js';
import { EXIT } from '../cli/exit-codes.js';
import { isCoreError } from '../core/errors.js';
import { type DirectoryInspection, type TopicVerification, inspectFiles } from '../core/index.js';
import { verifyReport, verifyReportView } from '../view/verify-report.js';

export default class Verify extends ClusterCommand {
  static override summary = 'Check checksums, offsets, indexes and state files; exit 7 on damage.';
  static override description =
    'Reads everything and writes nothing, takes no lock, and may run while others write. Damage is ' +
    'named by file, byte and offset; what the next writer puts right by itself is a note.';
  static override examples = [
    'spool verify',
    'spool verify orders --quiet',
    "spool verify 'orders-*' --json",
  ];
  static override args = {
    topic: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs. [default: all]',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    const cluster = await this.openCluster();
    const inspection = await inspectFiles(cluster);
    const names = args.topic
      ? await this.topicsNamed(cluster, args.topic)
      : await cluster.topicNames();
    const total = inspection.logBytes(names);
    const onVerified = this.#counting(total);
    const verified = await this.forEachTarget(names, (name) =>
      this.#verify(inspection, name, { onVerified, isNamed: args.topic !== undefined }),
    );
    const report = verifyReport(verified.flat());
    if (!report.ok) this.fail(EXIT.damaged);
    if (names.length === 0) this.noteOnTerminal('no topics');
    // For cron: what is sound goes without saying.
    if (flags.quiet && report.ok && !this.json) return;
    await this.show(report, verifyReportView);
  }

  #counting(total: number): (bytes: number) => void {
    const progress = this.progress({ label: 'verifying', unit: 'bytes', total });
    let done = 0;
    return (bytes) => {
      progress.update((done += bytes));
    };
  }

  /** A topic that nobody asked for by name may be deleted meanwhile. */
  async #verify(
    inspection: DirectoryInspection,
    name: string,
    options: { readonly onVerified: (bytes: number) => void; readonly isNamed: boolean },
  ): Promise<TopicVerification[]> {
    try {
      const { onVerified } = options;
      return [await inspection.verifyTopic(name, { onVerified, stop: this.stop })];
    } catch (error) {
      const isGone =
        isCoreError(error, 'UNKNOWN_TOPIC_ID') || isCoreError(error, 'UNKNOWN_TOPIC_OR_PARTITION');
      if (isGone && !options.isNamed) return [];
      throw error;
    }
  }
}
