export { parseSidecar, sidecarSchema, SidecarError, type Sidecar } from './sidecar';
