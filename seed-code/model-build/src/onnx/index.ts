export { GraphBuilder, OPSET, type Attributes, type Value } from './graph';
