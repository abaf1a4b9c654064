export { testChannels as channelsToTest } from '@nocodb-backup/notifier';
