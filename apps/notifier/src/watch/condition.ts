import type { AlertKind, NoticeLevel } from '@nocodb-backup/events';

/** Something that is wrong by now. */
export interface Condition {
  readonly kind: AlertKind;
  readonly source: string;
  /** The backup whose own alert it is; without one there is one alert of the kind for the source at a time. */
  readonly backupId?: string;
  readonly level: NoticeLevel;
  readonly title: string;
  readonly lines: readonly string[];
  readonly next: readonly string[];
  readonly since: Date;
}
