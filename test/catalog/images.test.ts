// Images of a team's own: what the execution role may pull, and what bounds it.
import { boundaryStatements, synthesizeTemplate } from '../../src/catalog';
import { OPTIONS } from './options';

const ecr = (name: string) => `arn:\${AWS::Partition}:ecr:\${AWS::Region}:\${AWS::AccountId}:repository/${name}`;

/** Repositories that statements let somebody pull from. */
function pulled(statements: readonly { readonly Action: readonly string[]; readonly Resource: readonly unknown[] }[]) {
  const pulling = statements.filter(({ Action }) => Action.includes('ecr:BatchGetImage'));
  return pulling.flatMap(({ Resource }) =>
    Resource.map((one) => (typeof one === 'string' ? one : (one as { 'Fn::Sub': string })['Fn::Sub'])),
  );
}

test('steps run the runtime images, and images of the repositories that the platform names, and no others', () => {
  const runtime = ecr('drone-mlops-drone-demo/runtime');
  for (const [imageRepositories, expected] of [
    [[], [runtime]],
    [['drone-team/*'], [runtime, ecr('drone-team/*')]],
  ] as const) {
    const { template } = synthesizeTemplate({ ...OPTIONS, imageRepositories });
    const [policy] = template.Resources.ExecutionRole?.Properties?.Policies as readonly {
      readonly PolicyDocument: { readonly Statement: Parameters<typeof pulled>[0] };
    }[];
    expect(pulled(policy?.PolicyDocument.Statement ?? [])).toEqual(expected);
    expect(pulled(boundaryStatements([template])).sort()).toEqual([...expected].sort());
  }
});
