/**
 * Begins the names of the folders that a restore keeps in the data directory (what was there before it): they are no data of
 * NocoDB, and every archive would hold them again. Only there: below a folder the name is a user's.
 */
export const KEPT_ASIDE = '.nocodb-backup-';
