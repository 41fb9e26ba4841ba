export { parseSidecar, sidecarSchema, SidecarError, type Sidecar } from './sidecar';
export {
  isFloat32,
  OnnxError,
  parseOnnxMetadata,
  readOnnxMetadata,
  type OnnxMetadata,
  type OnnxValue,
} from './onnx-metadata';
export { modelProto, ONNX_ATTRIBUTE_TYPES, ONNX_TYPES } from './onnx-proto';
