// The platform's stacks in its account and region, for `cdk`. Add your own beside them.
import { App } from 'aws-cdk-lib';
import { addPlatformStacks } from 'create-drone-mlops/lib/catalog';

const app = new App();
addPlatformStacks(app, process.cwd());
