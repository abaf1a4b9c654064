import type { NotificationChannel } from '@nocodb-backup/events';
import { ConfigError } from '@nocodb-backup/service';
import type { Channel } from './channels/channel.js';
import { discordChannel } from './channels/discord.js';
import { emailChannel } from './channels/email.js';
import { ntfyChannel } from './channels/ntfy.js';
import { pingChannel } from './channels/ping.js';
import { slackChannel } from './channels/slack.js';
import { teamsChannel } from './channels/teams.js';
import { webhookChannel } from './channels/webhook.js';
import type { ChannelSettings } from './config.js';

/** The channels that the variables name. Throws one ConfigError that names every variable that one of them lacks. */
export const channelsOf = (settings: ChannelSettings): Channel[] => {
  const problems = settings.NOCODB_BACKUP_ALERT_CHANNELS.flatMap((name) =>
    needs[name]
      .filter((variable) => isMissing(settings[variable]))
      .map((variable) => `${variable}: is not set, and NOCODB_BACKUP_ALERT_CHANNELS names ${name}`),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return settings.NOCODB_BACKUP_ALERT_CHANNELS.map((name) => makers[name](settings));
};

/** The channels that are to be told of events: none while alerts are switched off. Throws a ConfigError. */
export const toldChannels = (settings: ChannelSettings): Channel[] => {
  if (!settings.NOCODB_BACKUP_ALERT_ENABLED) return [];
  if (settings.NOCODB_BACKUP_ALERT_CHANNELS.length > 0) return channelsOf(settings);
  throw new ConfigError([
    'NOCODB_BACKUP_ALERT_CHANNELS: is not set, and NOCODB_BACKUP_ALERT_ENABLED is true: name at least one channel, such as email',
  ]);
};

const isMissing = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const needs = {
  email: ['SMTP_HOST', 'SMTP_FROM', 'NOCODB_BACKUP_ALERT_EMAIL'],
  teams: ['NOCODB_BACKUP_TEAMS_WEBHOOK'],
  slack: ['NOCODB_BACKUP_SLACK_WEBHOOK'],
  discord: ['NOCODB_BACKUP_DISCORD_WEBHOOK'],
  ntfy: ['NOCODB_BACKUP_NTFY_URL'],
  webhook: ['NOCODB_BACKUP_WEBHOOK_URL'],
  ping: ['NOCODB_BACKUP_PING_URL'],
} as const satisfies Record<NotificationChannel, readonly (keyof ChannelSettings)[]>;

const makers: Record<NotificationChannel, (settings: ChannelSettings) => Channel> = {
  email: (settings) =>
    emailChannel({
      host: settings.SMTP_HOST ?? '',
      port: settings.SMTP_PORT,
      encryption: settings.SMTP_SSL ? 'ssl' : settings.SMTP_TLS ? 'starttls' : 'none',
      user: settings.SMTP_USER,
      password: settings.SMTP_PASSWORD,
      from: { name: settings.SMTP_FROM_NAME, address: settings.SMTP_FROM ?? '' },
      to: settings.NOCODB_BACKUP_ALERT_EMAIL,
    }),
  teams: ({ NOCODB_BACKUP_TEAMS_WEBHOOK: url = '' }) => teamsChannel(url),
  slack: ({ NOCODB_BACKUP_SLACK_WEBHOOK: url = '' }) => slackChannel(url),
  discord: ({ NOCODB_BACKUP_DISCORD_WEBHOOK: url = '' }) => discordChannel(url),
  ntfy: ({ NOCODB_BACKUP_NTFY_URL: url = '', NOCODB_BACKUP_NTFY_TOKEN: token }) =>
    ntfyChannel({ url, token }),
  webhook: (settings) =>
    webhookChannel({
      url: settings.NOCODB_BACKUP_WEBHOOK_URL ?? '',
      secret: settings.NOCODB_BACKUP_WEBHOOK_SECRET,
      places: placesOf(settings),
    }),
  ping: ({ NOCODB_BACKUP_PING_URL: url = '' }) => pingChannel(url),
};

const placesOf = (settings: ChannelSettings) => ({
  local: settings.NOCODB_BACKUP_DIR,
  s3:
    settings.NOCODB_BACKUP_S3_BUCKET === undefined
      ? undefined
      : `s3://${settings.NOCODB_BACKUP_S3_BUCKET}/${settings.NOCODB_BACKUP_S3_PREFIX}`,
});
