export { DEFAULT_BOUNDS, type RequestBounds } from './attributes';
export type { Invocation, InvocationAnswer, Invocations } from './invocation';
export { InvocationThread } from './invocation-thread';
export { InferenceServer, type ServerLimits, type ServerOptions } from './server';
