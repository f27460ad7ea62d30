/**
 * Who a process is, beyond its number, which the kernel gives away again: number, start time, and the
 * process namespace that the number belongs to. Only within one boot. In another container the same
 * number is another process, or none: such a process is not seen from here, which says nothing about
 * its life.
 */
import { readFileSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import process from 'node:process';

import type { OwnerIdentity } from './environment.js';
import { hasErrno } from './file-error.js';

/** `unseen`: it belongs to another process namespace. */
export type ProcessState = 'running' | 'stopped' | 'dead' | 'unseen';

/** Two boots of one machine are further apart; the clock's corrections are mostly smaller. */
const BOOT_TIME_GRAIN_MS = 10_000;

/**
 * Changes with every boot. Linux keeps a random id; elsewhere it is the moment of the boot, in steps of
 * ten seconds. That one may also change when the clock is set, which is the harmless mistake: what was
 * not synced is then checked for nothing.
 */
export function readBootId(nowMs: number): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return `booted-${Math.round((nowMs - uptime() * 1000) / BOOT_TIME_GRAIN_MS)}`;
  }
}

/** The same for all processes of this boot (Linux: CLOCK_MONOTONIC, which stands still in a suspend). */
export function uptimeMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** This process. `command`: what it does, in a word or two, never its arguments. */
export function ownIdentity(command: string): OwnerIdentity {
  return { ...identify(process.pid), command };
}

/** A process that runs now. */
export function identify(pid: number): Omit<OwnerIdentity, 'command'> {
  const pidNamespace = ownPidNamespace();
  const startTime = readProcess(pid)?.startTime ?? 0;
  return { pid, startTime, ...(pidNamespace === undefined ? {} : { pidNamespace }) };
}

/** Whose files this process makes and may open; undefined where users have no numbers (Windows). */
export function effectiveUserId(): number | undefined {
  return process.geteuid?.();
}

/** What has become of a process of this boot. A zombie is dead: its files are closed. */
export function processState(identity: Omit<OwnerIdentity, 'command'>): ProcessState {
  const { pid, startTime, pidNamespace } = identity;
  if (pidNamespace !== undefined && pidNamespace !== ownPidNamespace()) return 'unseen';
  const found = readProcess(pid);
  if (found === undefined) return 'dead';
  const isAnother = startTime !== 0 && found.startTime !== 0 && startTime !== found.startTime;
  if (isAnother || 'ZXx'.includes(found.state)) return 'dead';
  return 'Tt'.includes(found.state) ? 'stopped' : 'running';
}

/** False for certain death only. */
export function isAlive(identity: Omit<OwnerIdentity, 'command'>): boolean {
  return processState(identity) !== 'dead';
}

/** undefined on a system without any. */
function ownPidNamespace(): number | undefined {
  return statSync('/proc/self/ns/pid', { throwIfNoEntry: false })?.ino;
}

interface ProcessStat {
  /** One letter, as in ps. */
  readonly state: string;
  /** In clock ticks since the boot; 0 = unknown. */
  readonly startTime: number;
}

/** undefined if there is no such process. */
function readProcess(pid: number): ProcessStat | undefined {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // No such process, or a system without /proc.
    return respondsToSignals(pid) ? { state: 'R', startTime: 0 } : undefined;
  }
}

/**
 * Fields 3 and 22 of /proc/PID/stat. Field 2 is the program's name in parentheses and may itself hold
 * blanks and parentheses, so they are counted from the last closing one.
 */
export function parseProcStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? 'R', startTime: Number(fields[19] ?? 0) };
}

function respondsToSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasErrno(error, 'EPERM');
  }
}
