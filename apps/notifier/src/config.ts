import { flag, integer, RetentionSettings, VaultSettings, ZoneSettings } from '@nocodb-backup/service';
import { NotificationChannel, Token } from '@nocodb-backup/events';
import { z } from 'zod';

const address = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional();

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const isMailAddress = (text: string): boolean => z.email().safeParse(text).success;

const channels = z
  .string()
  .default('')
  .transform((text) => [...new Set(list(text.toLowerCase()))])
  .pipe(
    z.array(z.enum(NotificationChannel.options, `must be some of ${NotificationChannel.options.join(', ')}`)),
  );

/** Where messages go and how; addresses of webhooks are secrets. */
export const ChannelSettings = z.object({
  NOCODB_BACKUP_ALERT_ENABLED: flag(false),
  NOCODB_BACKUP_ALERT_LEVEL: z.enum(['errors', 'warnings', 'all']).default('warnings'),
  NOCODB_BACKUP_ALERT_CHANNELS: channels,
  NOCODB_BACKUP_ALERT_EMAIL: z
    .string()
    .default('')
    .transform(list)
    .refine((addresses) => addresses.every(isMailAddress), 'must be e-mail addresses, separated by commas'),
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: integer(1, 65_535, 587),
  SMTP_USER: z.string().optional(),
  SMTP_PASSWORD: z.string().optional(),
  SMTP_FROM: z.email('must be an e-mail address').optional(),
  SMTP_FROM_NAME: z.string().default('NocoDB Backup'),
  /** STARTTLS; a server that does not offer it is not used. */
  SMTP_TLS: flag(true),
  /** TLS from the first byte, as on port 465. */
  SMTP_SSL: flag(false),
  NOCODB_BACKUP_TEAMS_WEBHOOK: address,
  NOCODB_BACKUP_SLACK_WEBHOOK: address,
  NOCODB_BACKUP_DISCORD_WEBHOOK: address,
  NOCODB_BACKUP_NTFY_URL: address,
  NOCODB_BACKUP_NTFY_TOKEN: z.string().optional(),
  NOCODB_BACKUP_WEBHOOK_URL: address,
  NOCODB_BACKUP_WEBHOOK_SECRET: z.string().optional(),
  NOCODB_BACKUP_PING_URL: address,
  NOCODB_BACKUP_SOURCE: Token.default('default'),
  NOCODB_BACKUP_DIR: VaultSettings.shape.NOCODB_BACKUP_DIR,
  NOCODB_BACKUP_S3_BUCKET: z.string().optional(),
  NOCODB_BACKUP_S3_PREFIX: z.string().default('nocodb-backup'),
});
export type ChannelSettings = z.infer<typeof ChannelSettings>;

/** From when on people are told of what no single event says; 0 = never. */
export const WatchSettings = z.object({
  NOCODB_BACKUP_ALERT_MAX_AGE_HOURS: integer(0, 10_000, 26),
  NOCODB_BACKUP_ALERT_SHRINK_PERCENT: integer(0, 100, 50),
  NOCODB_BACKUP_ALERT_DISK_FREE_PERCENT: integer(0, 99, 10),
  NOCODB_BACKUP_ALERT_RETENTION_DAYS: integer(0, 1000, 3),
});
export type WatchSettings = z.infer<typeof WatchSettings>;

/** The notifier's variables. */
export const NotifierConfig = ChannelSettings.extend(WatchSettings.shape)
  .extend(RetentionSettings.shape)
  .extend(ZoneSettings.shape);
export type NotifierConfig = z.infer<typeof NotifierConfig>;
