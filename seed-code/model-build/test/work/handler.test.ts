import { S3Client } from '@aws-sdk/client-s3';
import { requestHandler } from '../../src/work';
import { clientOptions, startAwsStub, type AwsStub } from '../aws-stub';

let aws: AwsStub;
beforeEach(async () => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  aws = await startAwsStub({});
});
afterEach(async () => {
  jest.restoreAllMocks();
  await aws.close();
});

test('a step is given the places that it is asked with, and answers with the one that it fills', async () => {
  aws.objects.set('bucket/in/a.txt', Buffer.from('some text'));
  const handler = requestHandler(
    async ({ inputs, output }) => {
      const [file] = await inputs.train.list();
      await output.write('copy.txt', await inputs.train.read(file.path));
    },
    () => new S3Client(clientOptions(aws)),
  );
  const answer = await handler({ train: 's3://bucket/in', output: 's3://bucket/out' });
  expect(answer).toEqual({ output: 's3://bucket/out' });
  expect(aws.objects.get('bucket/out/copy.txt')?.toString()).toBe('some text');
});

test('the place of a trained model is the folder that it lies in', async () => {
  const handler = requestHandler(({ inputs }) => {
    expect(inputs.model.name).toBe('s3://bucket/train/job/output');
    return Promise.resolve();
  });
  await handler({ model: 's3://bucket/train/job/output/model.tar.gz', output: 's3://bucket/out' });
  expect.assertions(1);
});

test.each([[{}], ['text'], [{ output: 's3://b/o', train: 7 }]])(
  '%j asks for nothing that a step could do',
  async (event) => {
    const handler = requestHandler(() => Promise.resolve());
    await expect(handler(event)).rejects.toThrow("The step's arguments are not places in S3");
  },
);
