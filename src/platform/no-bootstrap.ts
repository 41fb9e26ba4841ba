// How the templates are synthesised: without assets, so that no account has to be bootstrapped.
import { DefaultStackSynthesizer } from 'aws-cdk-lib';

export class NoBootstrap extends DefaultStackSynthesizer {
  constructor() {
    super({ generateBootstrapVersionRule: false });
  }
}
