/**
 * What is not compared, and why. Everything else that NocoDB answers is: a key that a later version adds, too.
 * Ids that remain are replaced by the titles of what they name, so that a reference to something else is a difference.
 */
export const exempt: ReadonlyMap<string, string> = new Map([
  ['id', 'made by NocoDB'],
  ['base_id', 'made by NocoDB'],
  ['source_id', 'made by NocoDB'],
  ['fk_workspace_id', 'of the installation'],
  ['created_at', 'cannot be set'],
  ['updated_at', 'cannot be set'],
  ['created_by', 'cannot be set'],
  ['owned_by', 'cannot be set'],
  ['unique_constraint_name', 'a name of the database, with a random end'],
  ['uuid', 'the address of a share: made anew'],
  ['password', 'of a share: made anew'],
  ['fk_parent_id', 'of a filter: its place in the tree says it'],
  ['order', 'numbers with gaps: the order itself is compared'],
  ['columnsHash', 'of the columns with their ids'],
  ['columnsById', 'the columns once more'],
  ['parsed_tree', 'follows from the formula'],
  ['groupingFieldColumn', "a kanban's copy of its column, never brought up to date by NocoDB"],
  ['defaultViewColOrder', "a copy of the default view's"],
  ['defaultViewColVisibility', "a copy of the default view's"],
  ['status', 'of a job that makes the base'],
  ['sources', 'of the installation'],
  ['upgraderQueries', 'of the installation'],
  ['ptn', 'how NocoDB calls a view inside'],
  ['_ptn', 'how NocoDB calls a view inside'],
  ['tn', 'how NocoDB calls a view inside'],
  ['_tn', 'how NocoDB calls a view inside'],
  ['disabled', "a view's rights of roles, without meaning in this edition"],
]);

/** Cells that nobody can set. What is computed from them is left out, too. */
export const exemptTypes: ReadonlySet<string> = new Set([
  'CreatedTime',
  'LastModifiedTime',
  'CreatedBy',
  'LastModifiedBy',
]);

/** Cells that show what is compared where it is kept: the order of records, and links with the records that they lead to. */
export const comparedElsewhere: ReadonlySet<string> = new Set(['Order', 'Meta', 'LinkToAnotherRecord']);

/** Of a file in a cell: its place, and what NocoDB makes of it. */
export const exemptOfFile: ReadonlySet<string> = new Set([
  'id',
  'path',
  'url',
  'signedPath',
  'signedUrl',
  'thumbnails',
  'icon',
]);
