/**
 * The record batch, version 2 ("magic 2"), as Kafka stores and sends it. Big-endian.
 *
 * |  at | bytes | field                | notes                                                  |
 * |----:|------:|----------------------|--------------------------------------------------------|
 * |   0 |     8 | baseOffset           | offset of delta 0; not under the CRC                    |
 * |   8 |     4 | batchLength          | bytes after this field; not under the CRC               |
 * |  12 |     4 | partitionLeaderEpoch | -1 = none; not under the CRC                            |
 * |  16 |     1 | magic                | 2                                                       |
 * |  17 |     4 | crc                  | CRC-32C of everything from `attributes` to the end      |
 * |  21 |     2 | attributes           | masks below                                             |
 * |  23 |     4 | lastOffsetDelta      | stays when compaction takes the last record             |
 * |  27 |     8 | baseTimestamp        | of the first record; or the delete horizon              |
 * |  35 |     8 | maxTimestamp         | or the append time, for all records                     |
 * |  43 |     8 | producerId           | -1 = none                                               |
 * |  51 |     2 | producerEpoch        | -1 = none                                               |
 * |  53 |     4 | baseSequence         | -1 = none                                               |
 * |  57 |     4 | recordsCount         | 0 only in a batch that compaction emptied               |
 * |  61 |     … | records              | plain, or one compressed stream of them all             |
 *
 * A record: length varint · attributes int8 (0) · timestampDelta varlong · offsetDelta varint ·
 * keyLength varint (-1 = null) · key · valueLength varint (-1 = null) · value · headerCount varint ·
 * headers. A header: keyLength varint (>= 0) · key · valueLength varint (-1 = null) · value.
 *
 * Invariants: record offsets rise within [baseOffset, baseOffset + lastOffsetDelta], gaps are normal;
 * `length` counts exactly the bytes after it; nothing follows the last record.
 *
 * baseOffset and partitionLeaderEpoch can be stamped without a new CRC, which also means that the CRC
 * does not notice when they are damaged: only the order of batches in a segment tells.
 */

export const BASE_OFFSET_AT = 0;
export const BATCH_LENGTH_AT = BASE_OFFSET_AT + 8;
export const LEADER_EPOCH_AT = BATCH_LENGTH_AT + 4;
export const MAGIC_AT = LEADER_EPOCH_AT + 4;
export const CRC_AT = MAGIC_AT + 1;
export const ATTRIBUTES_AT = CRC_AT + 4;
export const LAST_OFFSET_DELTA_AT = ATTRIBUTES_AT + 2;
export const BASE_TIMESTAMP_AT = LAST_OFFSET_DELTA_AT + 4;
export const MAX_TIMESTAMP_AT = BASE_TIMESTAMP_AT + 8;
export const PRODUCER_ID_AT = MAX_TIMESTAMP_AT + 8;
export const PRODUCER_EPOCH_AT = PRODUCER_ID_AT + 8;
export const BASE_SEQUENCE_AT = PRODUCER_EPOCH_AT + 2;
export const RECORDS_COUNT_AT = BASE_SEQUENCE_AT + 4;
export const RECORDS_AT = RECORDS_COUNT_AT + 4;

/** Bytes before the part that `batchLength` counts. */
export const LOG_OVERHEAD_BYTES = LEADER_EPOCH_AT;
/** Enough to read the size and the version of any batch or old message. */
export const HEADER_UP_TO_MAGIC_BYTES = CRC_AT;
export const HEADER_BYTES = RECORDS_AT;

export const MAGIC = 2;
export const COMPRESSION_MASK = 0x07;
export const LOG_APPEND_TIME_MASK = 0x08;
export const TRANSACTIONAL_MASK = 0x10;
export const CONTROL_MASK = 0x20;
export const DELETE_HORIZON_MASK = 0x40;

export const NO_TIMESTAMP = -1;
export const NO_PRODUCER_ID = -1;
export const NO_PRODUCER_EPOCH = -1;
export const NO_SEQUENCE = -1;
export const NO_LEADER_EPOCH = -1;
/** Length of a null key or value. */
export const NULL_LENGTH = -1;

/** `batchLength` is an int32, and so is a place in a segment. */
export const MAX_BATCH_BYTES = 0x7fffffff;
/** Smallest message of the formats before version 2, by which a zeroed tail is told from them. */
export const MIN_OLD_MESSAGE_BYTES = 14;
/** Seven fields of one byte each. */
export const MIN_RECORD_BYTES = 7;
/** length 5, attributes 1, timestampDelta 10, offsetDelta 5, key and value lengths and header count 5 each. */
export const MAX_RECORD_OVERHEAD_BYTES = 36;
