// The commands that talk to AWS share one bundle: its clients are most of it.
export * as images from './images';
export * as launch from './launch';
export * as publish from './publish';
export * as release from './release';
/** For the rehearsal, which does with a platform what these commands do. */
export * as operations from '../../operate';
