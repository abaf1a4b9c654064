/** Ends the path of a table's list of attached files. */
export const ATTACHED_INDEX = '/attachments.json.gz';

/** Beside an encrypted list of attached files: where they lie and their digests, without what tells contents. */
export const STORED_FILES = '/stored-files.json.gz';
