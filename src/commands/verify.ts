import { Args, Flags } from '@oclif/core';
import { EXIT } from '../cli/exit-codes.js';
import { CONFIRMATION_FLAGS } from '../cli/flags.js';
import { invalidArgument } from '../cli/grammar/invalid-argument.js';
import { type RepairFlags, VerifyCommand } from '../cli/verify/verify-command.js';
import type { Cluster, TopicVerification } from '../core/index.js';
import { repairView } from '../view/repair-plan.js';
import { verifyReport, verifyReportView } from '../view/verify-report.js';

export default class Verify extends VerifyCommand {
  static override summary = 'Check checksums, offsets, indexes and state files; exit 7 on damage.';
  static override description =
    'Reads everything and writes nothing, takes no lock, and may run while others write. Damage is ' +
    'named by file, byte and offset; what the next writer puts right by itself is a note.\n\n' +
    '--repair puts right what can be put right: it says what is lost before it does anything, keeps ' +
    'all bytes that it takes out of a log in a file beside it, and never gives an offset out again.';
  static override examples = [
    'spool verify',
    'spool verify orders --quiet',
    "spool verify 'orders-*' --json",
    'spool verify orders --repair --dry-run',
  ];
  static override args = {
    topic: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs. [default: all]',
    }),
  };
  static override flags = {
    repair: Flags.boolean({ summary: 'Repair what is damaged, after asking.' }),
    ...CONFIRMATION_FLAGS,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    checkFlags(flags);
    const cluster = await this.openCluster();
    const isNamed = args.topic !== undefined;
    const names = args.topic
      ? await this.topicsNamed(cluster, args.topic)
      : await cluster.topicNames();
    const verified = await this.verifyTopics(cluster, names, { isNamed });
    if (names.length === 0) this.noteOnTerminal('no topics');
    if (flags.repair) return this.#repair(cluster, verified, flags);
    const report = verifyReport(verified);
    if (!report.ok) this.fail(EXIT.damaged);
    // For cron: what is sound goes without saying.
    if (flags.quiet && report.ok && !this.json) return;
    await this.show(report, verifyReportView);
  }

  async #repair(
    cluster: Cluster,
    verified: readonly TopicVerification[],
    flags: RepairFlags,
  ): Promise<void> {
    const report = await this.repairTopics(cluster, verified, flags);
    if (report === undefined) return;
    if (!report.ok && !report.dryRun) this.fail(EXIT.damaged);
    await this.show(report, repairView);
  }
}

/** A dry run that is none must not pass for one. */
function checkFlags(flags: RepairFlags & { readonly repair: boolean }): void {
  const unused = (['yes', 'dry-run'] as const).find((name) => flags[name]);
  if (unused === undefined || flags.repair) return;
  throw invalidArgument(`--${unused} goes with --repair`);
}
