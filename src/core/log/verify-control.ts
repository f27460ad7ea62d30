/** The control file of a partition, and what it knows that is worth saying. */
import { type CoreError, isCoreError } from '../errors.js';
import { CONTROL_FILE_BYTES, type ControlState, keptCopies, readControl } from './control-file.js';
import type { LogView } from './log-view.js';
import { FileFindings, type Finding } from './verify-finding.js';

export interface ControlVerification {
  readonly control: ControlState | undefined;
  readonly findings: readonly Finding[];
}

export function verifyControl(view: LogView): ControlVerification {
  const findings = new FileFindings(view.location.controlPath);
  const control = readInto(view, findings);
  if (control !== undefined && control.counter === 0) {
    findings.note('the running state is torn: the next writer looks at the whole active segment');
  }
  for (const { firstOffset, endOffset } of control?.failedRanges ?? []) {
    const records = `records ${firstOffset} to ${endOffset - 1}`;
    findings.note(`the sync of ${records} failed: they were never acknowledged`, {
      offset: firstOffset,
    });
  }
  for (const { firstOffset, endOffset } of control?.lostRanges ?? []) {
    findings.note(`a repair gave up records ${firstOffset} to ${endOffset - 1}`, {
      offset: firstOffset,
    });
  }
  return { control, findings: findings.list };
}

function readInto(view: LogView, findings: FileFindings): ControlState | undefined {
  try {
    const file = view.fs.open(findings.file, 'read');
    try {
      const { sizeBytes } = file.stat();
      if (sizeBytes !== CONTROL_FILE_BYTES) {
        findings.damage(`has ${sizeBytes} bytes, and not ${CONTROL_FILE_BYTES}`);
      }
      const control = readControl(file);
      if (keptCopies(file) < 2) {
        findings.note(
          'one of the two copies of what it keeps is damaged: the next change mends it',
        );
      }
      return control;
    } finally {
      file.close();
    }
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) findings.damage('missing: nobody can write here');
    else if (isControlDamage(error)) findings.damage(error.message);
    else throw error;
    return undefined;
  }
}

/** True for what makes the file useless; that it may not be read is another matter. */
export function isControlDamage(error: unknown): error is CoreError {
  if (!isCoreError(error)) return false;
  return ['DATA_DIR_DAMAGED', 'DATA_DIR_UNKNOWN_FORMAT', 'CORRUPT_MESSAGE']
    .concat(['NOT_A_REGULAR_FILE', 'IO_ERROR'])
    .includes(error.code);
}
