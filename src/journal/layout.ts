/**
 * Where things are in the journal's file. Its beginning holds the header twice; behind it follow the records of
 * processes, each in an extent of its own.
 */

export const journalName = 'journal';

export const SECTOR_BYTES = 512;

/**
 * A write that stays within a page is done whole or not at all when the writer is killed: the kernel looks for deadly
 * signals between pages only.
 */
export const PAGE_BYTES = 4096;

/** Room for one copy of the header. */
export const HEADER_BYTES = 16_384;

/** A header longer than a page can be torn, but never in both places. */
export const headerPositions = [0, HEADER_BYTES] as const;

export const RECORDS_POSITION = headerPositions.length * HEADER_BYTES;

/** Far more than a record is; what claims more is damaged. */
export const LARGEST_PAYLOAD_BYTES = 1024 ** 2;
