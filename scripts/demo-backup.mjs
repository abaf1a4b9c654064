// One backup of a running NocoDB, and what it looks like.

/** Backs up, shows the result, and answers the backup's id; throws when the backup is not complete. */
export const backUp = async ({ show, output }) => {
  const exitCode = await show('backup');
  if (exitCode !== 0) throw new Error(`the backup is not complete (exit code ${exitCode})`);
  await show('list');
  const { id } = JSON.parse(await output('list', '--json'))[0];
  await show('inspect', id);
  await show('events', id);
  return id;
};
