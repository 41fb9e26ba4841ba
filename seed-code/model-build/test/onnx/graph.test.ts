import { InferenceSession, Tensor } from 'onnxruntime-node';
import { parseOnnxMetadata } from '../../src/model';
import { GraphBuilder } from '../../src/onnx';

test('a graph runs in onnxruntime as it was written', async () => {
  // GIVEN y = relu(x · w) with an axis split off
  const graph = new GraphBuilder('test');
  const x = graph.input('x', [1, 2]);
  const product = graph.op('MatMul', [x, graph.constant(Float32Array.of(1, -1, 2, 3, 0, -4), [2, 3])]);
  const [head, tail] = graph.ops('Split', [graph.op('Relu', [product]), graph.integers(1, 2)], 2, { axis: 1 });
  graph.output('head', head, [1, 1]);
  graph.output('tail', tail, [1, 2]);

  // WHEN
  const session = await InferenceSession.create(graph.build());
  const outputs = await session.run({ x: new Tensor('float32', [1, 2], [1, 2]) });

  // THEN
  expect([...outputs.head.data]).toEqual([7]);
  expect([...outputs.tail.data]).toEqual([0, 0]);
});

test('metadata and shapes are read back by the reader of models', () => {
  const graph = new GraphBuilder('test');
  graph.output('y', graph.op('Identity', [graph.input('x', [1, 'rows', 3])]), [1, 'rows', 3]);
  const metadata = parseOnnxMetadata(graph.build({ license: 'Apache-2.0' }), 'test.onnx');
  expect(metadata.license).toBe('Apache-2.0');
  expect(metadata.inputs).toEqual([{ name: 'x', elementType: 1, shape: [1, 'rows', 3] }]);
  expect(metadata.outputs.map(({ name }) => name)).toEqual(['y']);
});
