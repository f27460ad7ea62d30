/**
 * The file `spool.json` that makes a directory a data directory (a state file, see state-file.ts):
 *
 *     clusterId      22 characters; also in every broker's meta.properties
 *     lockProtocol   "kernel" or "lockfile": the one protocol that all writers must use
 *     brokers        {"0": {"path": "brokers/0"}}: where each broker lives, relative to the directory
 *
 * Written last when a directory is created, so a directory is whole or has no spool.json.
 */
import type { LockProtocol } from '../fs/lock.js';
import { damagedFile } from '../log/damaged-file.js';
import { formatStateFile, isObject, parseStateFile } from './state-file.js';
import { isReservedUuid, isUuid } from './uuid.js';

export const SPOOL_FILE = 'spool.json';
export const SPOOL_FILE_LIMIT_BYTES = 64 * 1024;
/** Raised when an older program must not touch what a newer one wrote. */
export const DATA_DIRECTORY_FORMAT_VERSION = 1;

export interface BrokerPlace {
  readonly id: number;
  /** Relative to the data directory, with forward slashes, without `.` and `..`. */
  readonly path: string;
}

export interface SpoolFile {
  readonly clusterId: string;
  readonly lockProtocol: LockProtocol;
  /** In rising order of their ids; never empty. */
  readonly brokers: readonly BrokerPlace[];
}

const BROKER_ID = /^(?:0|[1-9]\d{0,8})$/;
/** Nothing in the file may lead out of the directory: it may have come from somewhere else. */
const PLACE = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

export function formatSpoolFile({ clusterId, lockProtocol, brokers }: SpoolFile): Uint8Array {
  const places = Object.fromEntries(brokers.map(({ id, path }) => [String(id), { path }]));
  const fields = { clusterId, lockProtocol, brokers: places };
  return formatStateFile(DATA_DIRECTORY_FORMAT_VERSION, fields);
}

/** DATA_DIR_DAMAGED or DATA_DIR_UNKNOWN_FORMAT, naming `path`. */
export function parseSpoolFile(bytes: Uint8Array, path: string): SpoolFile {
  const fields = parseStateFile(bytes, { path, formatVersion: DATA_DIRECTORY_FORMAT_VERSION });
  const { clusterId, lockProtocol, brokers } = fields as Partial<Record<keyof SpoolFile, unknown>>;
  if (!isUuid(clusterId) || isReservedUuid(clusterId)) throw damagedFile(path, 'no cluster id');
  if (lockProtocol !== 'kernel' && lockProtocol !== 'lockfile') {
    throw damagedFile(path, 'no lock protocol');
  }
  if (!isObject(brokers)) throw damagedFile(path, 'no brokers');
  const places = Object.entries(brokers).map(([id, broker]): BrokerPlace => {
    const place = isObject(broker) ? broker['path'] : undefined;
    if (!BROKER_ID.test(id) || typeof place !== 'string' || !PLACE.test(place)) {
      throw damagedFile(path, `broker ${JSON.stringify(id)} has no place in this directory`);
    }
    return { id: Number(id), path: place };
  });
  if (places.length === 0) throw damagedFile(path, 'no brokers');
  places.sort((left, right) => left.id - right.id);
  return { clusterId, lockProtocol, brokers: places };
}
