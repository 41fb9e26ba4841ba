import { changes, type Json } from '../../src/pipeline/diff';

test('equal definitions have no changes, whatever the order of their keys', () => {
  expect(changes({ a: 1, b: [{ Name: 'x', v: [] }] }, { b: [{ v: [], Name: 'x' }], a: 1 })).toEqual([]);
});

test('a change is told by the name of its step and its path', () => {
  const before: Json = {
    Parameters: [{ Name: 'Epochs', DefaultValue: 10 }],
    Steps: [
      { Name: 'Old', Type: 'Fail' },
      { Name: 'Train', Arguments: { HyperParameters: { epochs: '50' }, Tags: [{ Key: 'team', Value: 'a' }] } },
    ],
  };
  const after: Json = {
    Parameters: [{ Name: 'Epochs', DefaultValue: 10 }],
    Steps: [
      {
        Name: 'Train',
        Arguments: { HyperParameters: { epochs: '60', batch: '8' }, Tags: [{ Key: 'team', Value: 'b' }] },
      },
    ],
  };

  expect(changes(before, after)).toEqual([
    '- Steps.Old.Name: "Old"',
    '- Steps.Old.Type: "Fail"',
    'Steps.Train.Arguments.HyperParameters.epochs: "50" → "60"',
    'Steps.Train.Arguments.Tags.team.Value: "a" → "b"',
    '+ Steps.Train.Arguments.HyperParameters.batch: "8"',
  ]);
});

test('items without a name are told by their place', () => {
  expect(changes({ list: ['a', 'b'] }, { list: ['a', 'c', 'd'] })).toEqual(['list[1]: "b" → "c"', '+ list[2]: "d"']);
});
