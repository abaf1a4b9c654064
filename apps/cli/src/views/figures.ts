export { ageText, countText, durationText, numberText, sizeText, timeText } from '@nocodb-backup/backup';
