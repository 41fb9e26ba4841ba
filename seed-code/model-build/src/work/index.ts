export { requestHandler, type Outputs, type Work } from './handler';
export { takeMessages, type Handler, type WorkerOptions } from './worker';
