export type { Behaviour } from './behaviour';
export { REGION_BEHAVIOURS } from './behaviours';
export { startRegion, RegionStartError, type Region, type RegionOptions } from './region';
export type { RegionEvent } from './events';
