/** What a repair is about to do, or did, and what it costs. */
import type { Irreparable, PartitionRepair, RecordLoss, RepairAction } from '../core/index.js';
import { escapeText } from './escape.js';
import { formatCounted, formatLocalTime } from './numbers.js';
import type { Look } from './look.js';
import { type VerifyReport, verifyReportView } from './verify-report.js';

/** `--json` of `verify --repair`; what it says of the topics is how they are now. */
export interface RepairReport extends VerifyReport {
  readonly dryRun: boolean;
  readonly repairs: readonly PartitionRepair[];
}

/** Lines for a person, before anything is done. */
export function repairPlanText(plans: readonly PartitionRepair[]): string {
  return plans.flatMap(planLines).join('\n');
}

/** A dry run shows what would be done, and a repair how the topics are after it. */
export function repairView(report: RepairReport, look: Look): string {
  const { dryRun, repairs } = report;
  if (!dryRun) return verifyReportView(report, look);
  return repairs.length > 0 ? `${repairPlanText(repairs)}\n` : '';
}

function planLines(plan: PartitionRepair): string[] {
  const { topic, partition, losses, actions, irreparable } = plan;
  return [
    `${escapeText(topic)}:${partition}`,
    ...losses.map((loss) => `  lost: ${lossText(loss)}`),
    ...(losses.length === 0 && actions.length > 0 ? ['  no record is lost'] : []),
    ...actions.map((action) => `  ${actionText(action)}`),
    ...irreparable.map((each) => `  cannot be repaired: ${irreparableText(each)}`),
  ];
}

export function lossText(loss: RecordLoss): string {
  const { firstOffset, endOffset, isAtEnd, damagedBytes } = loss;
  const count = formatCounted(endOffset - firstOffset, 'record');
  const bytes =
    damagedBytes === 0
      ? 'no bytes left of them'
      : `${formatCounted(damagedBytes, 'byte')} kept aside`;
  return [
    `offsets ${firstOffset} to ${endOffset - 1} (${isAtEnd ? 'at most ' : ''}${count})`,
    bytes,
    timesText(loss),
  ].join(', ');
}

function timesText({ afterTimestamp: after, beforeTimestamp: before }: RecordLoss): string {
  if (after !== null && before !== null) {
    return `from between ${formatLocalTime(after)} and ${formatLocalTime(before)}`;
  }
  if (after !== null) return `from ${formatLocalTime(after)} or later`;
  return before === null ? 'of unknown time' : `from ${formatLocalTime(before)} or earlier`;
}

export function keptAsideText(repairs: readonly PartitionRepair[]): string[] {
  return repairs
    .flatMap(({ keptAside }) => keptAside)
    .map((path) => `kept aside: ${escapeText(path)}`);
}

function actionText({ file, text }: RepairAction): string {
  return `${escapeText(file)}: ${escapeText(text)}`;
}

function irreparableText({ file, reason }: Irreparable): string {
  return `${escapeText(file)}: ${escapeText(reason)}`;
}

export function repairQuestion(plans: readonly PartitionRepair[]): string {
  const places = plans
    .filter(({ actions }) => actions.length > 0)
    .map(({ topic, partition }) => `${topic}:${partition}`);
  const lost = plans
    .flatMap(({ losses }) => losses)
    .reduce((sum, { firstOffset, endOffset }) => sum + endOffset - firstOffset, 0);
  const cost = lost === 0 ? 'no record is lost' : `giving up ${formatCounted(lost, 'record')}`;
  return `repair ${places.join(', ')}, ${cost}?`;
}
