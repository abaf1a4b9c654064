export { CompressionFormat, CompressionSettings } from './compression-settings.js';
export { DamagedPackError } from './damaged-pack-error.js';
export type { Packed } from './packed.js';
export { findPacker, type Packer } from './packer.js';
export { checkUnpackable, unpacked, type Unpacking } from './unpacked.js';
