/**
 * The file `meta.properties` of a Kafka log directory: whose it is.
 *
 *     #
 *     version=1
 *     node.id=0
 *     cluster.id=<22 characters>
 *     directory.id=<22 characters>       optional; no two directories have the same
 *
 * Syntax of Java properties. Version 0 (ZooKeeper) says `broker.id` and may lack the other ids; it is
 * read, never written. Written once, with the directory; Kafka's StorageTool and brokers read it.
 */
import { assert } from '../assert.js';
import { CoreError } from '../errors.js';
import { damagedFile } from '../log/damaged-file.js';
import { parseJavaProperties } from './java-properties.js';
import { isUuid } from './uuid.js';

export const META_PROPERTIES = 'meta.properties';

export interface MetaProperties {
  readonly version: 0 | 1;
  /** null only in version 0. */
  readonly nodeId: number | null;
  /** null only in version 0. Any text: Kafka does not ask for an id's form. */
  readonly clusterId: string | null;
  readonly directoryId: string | null;
}

const INTEGER = /^(?:0|[1-9]\d*)$/;
const INT_MAX = 2147483647;
/** Kafka keeps the first hundred ids for "lost", "migrating" and the like. */
const RESERVED_DIRECTORY_IDS = 100;

export interface NewMetaProperties {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly directoryId: string;
}

/** Version 1. The ids are ours, so nothing in them needs an escape. */
export function formatMetaProperties(properties: NewMetaProperties): Uint8Array {
  const { nodeId, clusterId, directoryId } = properties;
  assert(isUuid(clusterId) && isUuid(directoryId), 'ids are made by randomUuid');
  assert(!isReservedDirectoryId(directoryId), 'a reserved directory id');
  const lines = ['#', 'version=1', `node.id=${nodeId}`, `cluster.id=${clusterId}`];
  return Buffer.from([...lines, `directory.id=${directoryId}`, ''].join('\n'), 'latin1');
}

/** DATA_DIR_DAMAGED, naming `path`, if a broker would refuse it; DATA_DIR_UNKNOWN_FORMAT if it is newer. */
export function parseMetaProperties(bytes: Uint8Array, path: string): MetaProperties {
  const pairs = parseJavaProperties(Buffer.from(bytes).toString('latin1'));
  if (pairs === undefined) throw damagedFile(path, 'a broken \\u escape');
  const version = pairs.get('version') ?? '0';
  if (version !== '0' && version !== '1') throw unknownVersion(version, path);
  const nodeIdKey = version === '1' ? 'node.id' : 'broker.id';
  const nodeId = parseNodeId(pairs.get(nodeIdKey), path);
  const clusterId = pairs.get('cluster.id') ?? null;
  const directoryId = pairs.get('directory.id') ?? null;
  if (version === '1' && nodeId === null) throw damagedFile(path, 'node.id is missing');
  if (version === '1' && clusterId === null) throw damagedFile(path, 'cluster.id is missing');
  if (directoryId !== null && (!isUuid(directoryId) || isReservedDirectoryId(directoryId))) {
    throw damagedFile(path, 'directory.id is no usable id');
  }
  return { version: version === '1' ? 1 : 0, nodeId, clusterId, directoryId };
}

function parseNodeId(text: string | undefined, path: string): number | null {
  if (text === undefined) return null;
  const nodeId = INTEGER.test(text) ? Number(text) : Number.NaN;
  if (!(nodeId <= INT_MAX)) throw damagedFile(path, 'the node id is no number');
  return nodeId;
}

function isReservedDirectoryId(id: string): boolean {
  const bytes = Buffer.from(id, 'base64url');
  return (
    bytes.subarray(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) < RESERVED_DIRECTORY_IDS
  );
}

function unknownVersion(version: string, path: string): CoreError {
  const shown = JSON.stringify(version.slice(0, 20));
  return new CoreError(
    'DATA_DIR_UNKNOWN_FORMAT',
    `${path} has version ${shown}; this program knows 0 and 1`,
    { details: { path, version, knownVersions: ['0', '1'] } },
  );
}
