// A region that is stopped while a stack changes, and started again on what it kept.
import { createStack, deleteStack, eventsOf, resourcesOf, settled, TEMPLATE, updateStack } from './stacks';
import { cloudformationOf, start, temporaryFolder } from '../start';

/** The hook takes a minute, so that the region can be stopped in the middle. */
const SLOW = `
const wait = () => new Promise((resolve) => setTimeout(resolve, 60000));
exports.handler = wait;
`;

const hooked = (slow: boolean) => `${TEMPLATE.replace(/Outputs:[^]*$/, '')}
  Hook:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: hook
      Runtime: nodejs24.x
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: { ZipFile: ${JSON.stringify(SLOW)} }
${
  slow
    ? `
  Waits:
    Type: Custom::Wait
    DependsOn: [Bucket, Group]
    Properties: { ServiceToken: !GetAtt Hook.Arn }
`
    : ''
}`;

async function until(there: () => Promise<boolean>): Promise<void> {
  while (!(await there())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a stack that was being made goes back, and can be deleted and made again', async () => {
  // GIVEN
  const stateDir = temporaryFolder();
  const first = await start({ stateDir });
  const client = cloudformationOf(first);
  await createStack(client, hooked(true), { Project: 'alpha' });
  await until(async () => (await eventsOf(client)).includes('Waits CREATE_IN_PROGRESS'));
  // WHEN
  await first.close();
  const again = cloudformationOf(await start({ stateDir }));
  // THEN
  expect(await settled(again)).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
  expect(await eventsOf(again)).toEqual(expect.arrayContaining(['Group DELETE_COMPLETE', 'Role DELETE_COMPLETE']));
  await deleteStack(again);
  await createStack(again, hooked(false).replaceAll('DeletionPolicy: Retain', ''), { Project: 'beta' });
  expect(await settled(again)).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
});

test('a stack that was being updated is what it was before, and one that was being deleted goes', async () => {
  // GIVEN
  const stateDir = temporaryFolder();
  const first = await start({ stateDir });
  const client = cloudformationOf(first);
  await createStack(client, hooked(false), { Project: 'alpha' });
  await settled(client);
  const before = await resourcesOf(client);
  await updateStack(client, hooked(true), { Project: 'alpha', Mail: 'x' });
  await until(async () => (await eventsOf(client)).includes('Waits CREATE_IN_PROGRESS'));
  // WHEN
  await first.close();
  const second = await start({ stateDir });
  const again = cloudformationOf(second);
  // THEN
  const stack = await settled(again);
  expect(stack).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(await resourcesOf(again)).toEqual(before);

  await deleteStack(again);
  await second.close();
  const last = cloudformationOf(await start({ stateDir }));
  expect(await settled(last, stack.StackId)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
});
