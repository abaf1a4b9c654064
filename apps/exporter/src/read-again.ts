import { TableChangedError } from '@nocodb-backup/nocodb';

const readings = 3;

/** Does the work again when the table changed under it: three times at most, then the last error says what was seen. */
export const readAgain = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let reading = 1; ; reading++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TableChangedError)) throw error;
      if (reading === readings) throw stillChanging(error);
    }
  }
};

const stillChanging = (error: TableChangedError): Error =>
  new TableChangedError(
    `${error.message}, also when read for the ${readings}rd time: the table is not exported, since records could be missing. ` +
      'Try when fewer people write to it',
    { cause: error },
  );
