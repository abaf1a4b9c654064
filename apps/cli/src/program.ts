import { version } from '@nocodb-backup/service';
import { Command } from 'commander';
import type { CliContext } from './context.js';
import { addAudit } from './verbs/audit.js';
import { addBackup } from './verbs/backup.js';
import { addDelete } from './verbs/delete.js';
import { addDiff } from './verbs/diff.js';
import { addDoctor } from './verbs/doctor.js';
import { addDrill } from './verbs/drill.js';
import { addDownload } from './verbs/download.js';
import { addEvents } from './verbs/events.js';
import { addExportLog } from './verbs/export-log.js';
import { addHistory } from './verbs/history.js';
import { addImport } from './verbs/import.js';
import { addImportLog } from './verbs/import-log.js';
import { addInit } from './verbs/init.js';
import { addInspect } from './verbs/inspect.js';
import { addList } from './verbs/list.js';
import { addPins } from './verbs/pins.js';
import { addPublish } from './verbs/publish.js';
import { addRebuild } from './verbs/rebuild.js';
import { addRecoveryKit } from './verbs/recovery-kit.js';
import { addRestore } from './verbs/restore.js';
import { addRestores } from './verbs/restores.js';
import { addRetention } from './verbs/retention.js';
import { addSchedule } from './verbs/schedule.js';
import { addShow } from './verbs/show.js';
import { addVerify } from './verbs/verify.js';

/** The command line with all verbs but `up`, which the composition root adds with `program.command('up')`. */
export const createProgram = (context: CliContext): Command => {
  const { stdout, stderr } = context;
  const program = new Command('nocodb-backup')
    .description('Backup and recovery for NocoDB')
    .version(version, '-V, --version')
    .configureHelp({ helpWidth: Math.min(stdout.columns ?? 100, 120), showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
    .showHelpAfterError('(nocodb-backup --help shows all verbs, nocodb-backup <verb> --help its options)')
    .exitOverride();
  for (const add of verbs) add(program, context);
  return program;
};

/** In the order of the help. */
const verbs = [
  addBackup,
  addList,
  addShow,
  addInspect,
  addVerify,
  addDrill,
  addSchedule,
  addPins,
  addRetention,
  addDelete,
  addDownload,
  addImport,
  addRestore,
  addRestores,
  addHistory,
  addDiff,
  addAudit,
  addEvents,
  addExportLog,
  addImportLog,
  addPublish,
  addRebuild,
  addRecoveryKit,
  addDoctor,
  addInit,
];
