import * as planted from '@nocodb-backup/testing';
export const used = planted;
