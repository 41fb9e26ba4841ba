export { DEFAULT_BOUNDS, type RequestBounds } from './attributes';
export { InferenceServer, type FetchObject, type ServerLimits, type ServerOptions } from './server';
export { openServedModel, type ServedModel } from './served-model';
export { objectFetcher } from './s3-object';
