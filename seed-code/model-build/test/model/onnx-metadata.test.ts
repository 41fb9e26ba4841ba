import { OnnxError, parseOnnxMetadata, readOnnxMetadata } from '../../src/model';
import { parsePythonLiteral } from '../../src/model/python-literal';
import { GraphBuilder } from '../../src/onnx';

function model(metadata: Record<string, string>): Uint8Array {
  const graph = new GraphBuilder('twice');
  const input = graph.input('images', ['batch', 3, 64, 64]);
  graph.output('output0', graph.op('Mul', [input, graph.scalar(2)]), ['batch', 3, 64, 64]);
  return graph.build(metadata);
}

test('metadata that Ultralytics writes is read: Python text, not JSON', () => {
  const metadata = parseOnnxMetadata(
    model({
      names: `{0: 'car', 1: "driver's cab", 2: 'caf\\xe9 \\'open\\''}`,
      stride: '32',
      imgsz: '[64, 64]',
      license: 'MIT',
    }),
    'm.onnx',
  );
  expect(metadata).toMatchObject({
    classes: ['car', "driver's cab", "café 'open'"],
    stride: 32,
    imageSize: [64, 64],
    license: 'MIT',
    inputs: [{ name: 'images', elementType: 1, shape: ['batch', 3, 64, 64] }],
    outputs: [{ name: 'output0', elementType: 1, shape: ['batch', 3, 64, 64] }],
  });
});

test('a file that says nothing about itself has none of it', () => {
  expect(parseOnnxMetadata(model({}), 'm.onnx')).toMatchObject({
    classes: null,
    stride: null,
    imageSize: null,
    license: null,
  });
});

test.each<[string, Record<string, string>]>([
  ['names that leave an index out', { names: "{0: 'car', 2: 'bus'}" }],
  ['names that end early', { names: "{0: 'car" }],
  ['a stride that is no number', { stride: "'thirty'" }],
])('%s are refused by file and property', (_, metadata) => {
  const [key = ''] = Object.keys(metadata);
  expect(() => parseOnnxMetadata(model(metadata), 'm.onnx')).toThrow(`m.onnx: its metadata \`${key}\``);
});

test.each<[string, Uint8Array]>([
  ['text', Buffer.from('not a model at all')],
  ['nothing', new Uint8Array(0)],
  ['a model that is cut short', model({}).subarray(0, 40)],
])('%s is no ONNX model', (_, bytes) => {
  expect(() => parseOnnxMetadata(bytes, 'm.onnx')).toThrow(OnnxError);
});

test.each<[string, unknown]>([
  ["['a', (1, -2.5e3), None, True]", ['a', [1, -2500], null, true]],
  ["{'a': {1: []}}", new Map([['a', new Map([[1, []]])]])],
  ['"tab\\there"', 'tab\there'],
  ["'\\u4e2d'", '中'],
])('the Python literal %s is read', (text, value) => {
  expect(parsePythonLiteral(text)).toEqual(value);
});

test.each(["{'a' 1}", "['a'", 'lambda: 0', '1 2'])('%s is no Python literal', (text) => {
  expect(() => parsePythonLiteral(text)).toThrow(SyntaxError);
});

test('a file that is not there is named', async () => {
  await expect(readOnnxMetadata('gone.onnx')).rejects.toThrow(/^gone\.onnx cannot be read as a model: ENOENT/);
});
