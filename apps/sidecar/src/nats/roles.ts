import { lanesOf, type Role } from '@nocodb-backup/messaging';
import type { Service } from '@nocodb-backup/service';
import { services } from '../services.js';

const rebuild = 'catalog.rebuild';

/** What a service does on NATS beside its lanes. */
const besides: Readonly<Record<string, Partial<Role>>> = { catalog: { follows: true, answers: [rebuild] } };

const roleOf = (service: Service): Role => ({
  name: service.name,
  appendsAs: [service.name],
  lanes: lanesOf(service.name, [...service.controllers, ...(service.possibleControllers?.() ?? [])]),
  provisions: true,
  ...besides[service.name],
});

const ofServices = services.map(roleOf);
const person = { lanes: [], follows: true, watches: true, asks: [rebuild] };
const everybody = [...services.map(({ name }) => name), 'cli'];

/** Every user of the NATS server. */
export const roles: readonly Role[] = [
  ...ofServices,
  { ...person, name: 'cli', appendsAs: ['cli'] },
  // `import-log` writes facts of everybody, to a server that is new.
  { ...person, name: 'operator', appendsAs: everybody, provisions: true },
  // All services in one process, and the command line in its container.
  {
    ...person,
    name: 'sidecar',
    appendsAs: everybody,
    lanes: ofServices.flatMap(({ lanes }) => lanes),
    provisions: true,
    answers: [rebuild],
  },
];
