import { randomUUID } from 'node:crypto';
import { type Environment, parseConfig } from '@nocodb-backup/service';
import { channelsOf } from './channels-of.js';
import { ChannelSettings } from './config.js';
import { type Message, message } from './told/message.js';

/** A channel that can be tried. */
export interface TestChannel {
  readonly name: string;
  /** Sends a test message once; answers what people should know although it went well. Throws when it did not. */
  test(signal: AbortSignal): Promise<readonly string[]>;
}

/** Every channel that the environment names, also while alerts are switched off. Throws a ConfigError. */
export const testChannels = (env: Environment): TestChannel[] => {
  const settings = parseConfig(ChannelSettings, env);
  const told = testMessage(settings);
  return channelsOf(settings).map((channel) => ({
    name: channel.name,
    test: (signal) =>
      channel.tell({ id: randomUUID(), type: 'Test', time: new Date(), message: told }, signal),
  }));
};

const testMessage = (settings: ChannelSettings): Message =>
  message({
    level: 'info',
    title: `Test message: ${settings.NOCODB_BACKUP_SOURCE}`,
    lines: [
      'This is a test of nocodb-backup. Whoever reads it will be told here when something is wrong with the backups.',
      ...(settings.NOCODB_BACKUP_ALERT_ENABLED
        ? []
        : ['But alerts are switched off: set NOCODB_BACKUP_ALERT_ENABLED=true.']),
    ],
    facts: [
      ['Source', settings.NOCODB_BACKUP_SOURCE],
      ['Level', settings.NOCODB_BACKUP_ALERT_LEVEL],
    ],
    next: [],
  });
