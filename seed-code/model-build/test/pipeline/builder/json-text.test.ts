import fc from 'fast-check';
import { join, jsonText, parameter, type Document } from '../../../src/pipeline/builder';

test('a document becomes one text with the values of the execution between its pieces', () => {
  const hash = parameter('String', 'Hash').reference;

  const text = jsonText({ card: { data: hash, uris: [join('/', 's3://b', hash), 'plain "quoted"'] }, n: 1.5 });

  expect(text).toEqual({
    'Std:Join': {
      On: '',
      Values: [
        '{"card":{"data":"',
        { Get: 'Parameters.Hash' },
        '","uris":["',
        { 'Std:Join': { On: '/', Values: ['s3://b', { Get: 'Parameters.Hash' }] } },
        '","plain \\"quoted\\""]},"n":1.5}',
      ],
    },
  });
});

test('a document without such values is JSON that says the same', () => {
  const { value } = fc.letrec<{ value: Document }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (document) => {
      expect(jsonText(document)['Std:Join'].Values).toEqual([JSON.stringify(document)]);
    }),
  );
});
