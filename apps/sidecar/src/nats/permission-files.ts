import { permissionsOf, type Role } from '@nocodb-backup/messaging';
import { roles } from './roles.js';

/** A file of deploy/nats. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

/** What each NATS user may do, as the server's configuration includes it. */
export const permissionFiles = (): ConfigFile[] =>
  roles.map((role) => ({ name: `${role.name}.conf`, text: textOf(role) }));

const textOf = (role: Role): string => {
  const { publish, subscribe } = permissionsOf(role, roles);
  return `# What the NATS user "${role.name}" may do; everything else is refused. Written by \`npm run nats-conf\` from the events and the services.
publish: {
  allow: [
${listOf(publish)}
  ]
}
subscribe: {
  allow: [
${listOf(subscribe)}
  ]
}
`;
};

const listOf = (subjects: readonly string[]): string =>
  subjects.map((subject) => `    ${JSON.stringify(subject)}`).join('\n');
