import { join } from 'node:path';

/** Where one small Ceph keeps its things, and the ports that it listens on. */
export interface CephPlace {
  readonly dir: string;
  readonly programs: string;
  readonly fsid: string;
  readonly ports: { readonly gateway: number; readonly monitor: number; readonly osd: number };
}

/** `ceph.conf` for one monitor, one store and one gateway on the loopback address, without authentication among them. */
export const cephConfiguration = (place: CephPlace): string =>
  [global(place), monitor(place), store(place), gateway(place)].join('');

const global = ({ dir, programs, fsid, ports }: CephPlace): string => `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${ports.monitor}/0
public addr = 127.0.0.1
public network = 127.0.0.0/8
ms bind msgr1 = false
ms bind port min = ${ports.osd}
ms bind port max = ${ports.osd + 40}
ms mon client mode = crc
ms client mode = crc
ms cluster mode = crc
ms service mode = crc
auth cluster required = none
auth service required = none
auth client required = none
run dir = ${join(dir, 'run')}
log file = ${join(dir, 'log')}/$name.log
admin socket = ${join(dir, 'run')}/$name.asok
crash dir = ${join(dir, 'run')}
plugin dir = ${join(programs, 'lib/ceph')}
erasure code dir = ${join(programs, 'lib/ceph/erasure-code')}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
debug ms = 0
`;

const monitor = ({ dir }: CephPlace): string => `[mon]
mon data = ${join(dir, 'mon')}
mon data avail crit = 1
mon data avail warn = 2
mon allow pool size one = true
mon max pg per osd = 1000
paxos propose interval = 0.02
paxos min wait = 0.01
`;

const store = ({ dir, programs }: CephPlace): string => `[osd]
osd data = ${join(dir, 'osd')}
osd class dir = ${join(programs, 'lib/rados-classes')}
osd class load list = *
osd class default list = *
osd objectstore = bluestore
bluestore block size = 10737418240
bluestore block create = true
bluestore cache autotune = false
bluestore cache size = 67108864
osd memory target = 939524096
osd mclock skip benchmark = true
osd op queue = wpq
osd numa auto affinity = false
osd extblkdev plugins =
osd op num shards = 2
`;

const gateway = ({ dir, ports }: CephPlace): string => `[client]
rgw data = ${join(dir, 'rgw')}
rgw frontends = beast endpoint=127.0.0.1:${ports.gateway}
rgw rados pool pg num min = 1
rgw enable usage log = false
rgw run sync thread = false
rgw thread pool size = 32
`;
