export type { Behaviour } from './behaviour';
export { REGION_BEHAVIOURS } from './behaviours';
export { AwsError } from './errors';
export { renderEmulation } from './emulation';
export { ACCOUNT, startRegion, RegionStartError, type Region, type RegionOptions } from './region';
export type { RegionEvent } from './events';
export type { Mail } from './sns';
