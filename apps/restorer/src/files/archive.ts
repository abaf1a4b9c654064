/** The artifact that holds the data directory. */
export const ARCHIVE = 'nocodb-data.tar.gz';
