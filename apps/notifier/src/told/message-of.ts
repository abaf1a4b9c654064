import { alertMessage, clearedMessage } from './alert-message.js';
import { backupMessage } from './backup-message.js';
import { damageMessage, verifiedMessage } from './check-message.js';
import { deletionFailedMessage, expiredMessage } from './keeping-message.js';
import type { Known, Tellable } from './known.js';
import { message, type Message } from './message.js';
import { notificationFailedMessage } from './notification-message.js';
import { restoreMessage } from './restore-message.js';
import { runMessage, versionMessage } from './schedule-message.js';

/** What people are told of an event; undefined where there is nothing to tell. */
export const messageOf = (event: Tellable, known: Known): Message | undefined => {
  const worded = wordsFor(event, known);
  return worded && message(worded);
};

const wordsFor = (event: Tellable, known: Known): Message | undefined => {
  switch (event.type) {
    case 'Uploaded':
    case 'UploadFailed':
      return backupMessage(event, known);
    case 'Verified':
      return verifiedMessage(event);
    case 'VerificationFailed':
      return damageMessage(event);
    case 'BackupExpired':
      return expiredMessage(event);
    case 'DeletionFailed':
      return deletionFailedMessage(event, known);
    case 'RestoreCompleted':
    case 'RestoreFailed':
    case 'RestoreRefused':
      return restoreMessage(event, known);
    case 'RunDecided':
      return runMessage(event);
    case 'VersionSeen':
      return versionMessage(event);
    case 'NotificationFailed':
      return notificationFailedMessage(event);
    case 'AlertRaised':
      return alertMessage(event);
    case 'AlertCleared':
      return clearedMessage(event);
  }
};
