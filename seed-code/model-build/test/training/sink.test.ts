import { jsonLog } from '../../src/sagemaker';
import { fanOut, logSink, METRIC_NAMES, metricDefinitions } from '../../src/training/sink';

function written(): { lines: string[]; sink: ReturnType<typeof logSink> } {
  const lines: string[] = [];
  return { lines, sink: logSink(jsonLog((line) => lines.push(line))) };
}

test('CloudWatch finds every metric in the line that the log gets, and takes none for another', () => {
  // GIVEN a line with all of them, each of another value
  const { lines, sink } = written();
  const values = Object.fromEntries(METRIC_NAMES.map((name, index) => [name, (index + 1) / 1e7]));
  sink.record(3, values);

  // THEN
  const found = metricDefinitions().map(({ Name, Regex }) => [
    Name.replace(':', '.'),
    Number(new RegExp(Regex).exec(lines[0])?.[1]),
  ]);
  expect(found).toEqual(Object.entries(values));
  sink.resumed(3);
  for (const { Regex } of metricDefinitions()) expect(lines[1]).not.toMatch(new RegExp(Regex));
});

test('the definitions keep to what CreateTrainingJob takes', () => {
  expect(metricDefinitions().length).toBeLessThanOrEqual(40);
  for (const { Name, Regex } of metricDefinitions()) {
    expect(Name.length).toBeLessThanOrEqual(255);
    expect(Regex.length).toBeLessThanOrEqual(500);
  }
});

test('the lines of a resumed run say from which step', () => {
  const { lines, sink } = written();
  sink.resumed(4);
  sink.record(5, { 'train.box_loss': 1 });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ event: 'training-resumed', step: 4 }),
    expect.objectContaining({ event: 'metrics', step: 5, resumedFrom: 4, 'train.box_loss': 1 }),
  ]);
});

test('several sinks get the same, in the same order', () => {
  const [one, other] = [written(), written()];
  const sink = fanOut(one.sink, other.sink);
  sink.resumed(1);
  sink.record(2, { 'train.box_loss': 1 });
  const parsed = [one, other].map(({ lines }) => lines.map((line) => (JSON.parse(line) as { step: number }).step));
  expect(parsed).toEqual([
    [1, 2],
    [1, 2],
  ]);
});
