import { bindParameters, ParameterError, parseDefinition } from '../../../src/rehearsal/execution';
import { definition, processing, rehearse } from './rehearse';

const TYPED = definition(
  [
    processing(
      'A',
      {},
      {
        Environment: {
          text: { Get: 'Parameters.Text' },
          joined: {
            'Std:Join': {
              On: ' ',
              Values: ['Text', 'Count', 'Share', 'Force'].map((name) => ({ Get: `Parameters.${name}` })),
            },
          },
          count: { Get: 'Parameters.Count' },
          share: { Get: 'Parameters.Share' },
          force: { Get: 'Parameters.Force' },
        },
      },
    ),
  ],
  {
    Parameters: [
      { Name: 'Text', Type: 'String', DefaultValue: 'b', EnumValues: ['a', 'b'] },
      { Name: 'Count', Type: 'Integer', DefaultValue: 2 },
      { Name: 'Share', Type: 'Float', DefaultValue: 1 },
      { Name: 'Force', Type: 'Boolean', DefaultValue: false },
    ],
  },
);

describe('parameters of an execution', () => {
  test('have their defaults where nothing is given', async () => {
    const { calls } = await rehearse(TYPED);
    expect(calls[0]?.request.Environment).toEqual({
      text: 'b',
      joined: 'b 2 1.0 False',
      count: 2,
      share: 1,
      force: false,
    });
  });

  test('are typed, though they are given as strings', async () => {
    const { calls } = await rehearse(TYPED, { parameters: { Text: 'a', Count: '7', Share: '0.00001', Force: 'True' } });
    expect(calls[0]?.request.Environment).toEqual({
      text: 'a',
      joined: 'a 7 1e-05 True',
      count: 7,
      share: 0.00001,
      force: true,
    });
  });

  test.each([
    [{ Nope: '1' }, "Unknown parameter 'Nope'"],
    [{ Count: '1.5' }, 'Unexpected type for parameter \'Count\'. Expected Integer but found "1.5".'],
    [{ Count: 'many' }, 'Unexpected type for parameter \'Count\'. Expected Integer but found "many".'],
    [{ Share: 'NaN' }, 'Unexpected type for parameter \'Share\'. Expected Float but found "NaN".'],
    [{ Force: '1' }, 'Unexpected type for parameter \'Force\'. Expected Boolean but found "1".'],
    [{ Text: 'c' }, 'Parameter \'Text\' is "c", which is none of a, b.'],
    [{ Text: '' }, 'Parameter Text value "" is too short (length: 0, required minimum: 1).'],
  ])('%j is refused', (values: Record<string, string>, message) => {
    expect(() => bindParameters(parseDefinition(TYPED), values)).toThrow(new ParameterError(message));
  });

  test('must be given where there is no default', () => {
    const parsed = parseDefinition(definition([processing('A')], { Parameters: [{ Name: 'P', Type: 'String' }] }));
    expect(() => bindParameters(parsed, {})).toThrow(new ParameterError("Parameter 'P' is undefined."));
    expect(bindParameters(parsed, { P: 'x' }).get('P')).toBe('x');
  });
});
