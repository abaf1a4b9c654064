export { decrypted } from './decrypted.js';
export { encrypted } from './encrypted.js';
export { identitiesIn, newIdentity, recipientOf, type Recipients, recipientsIn } from './recipients.js';
