// Options of templates under test, and every combination of those that change what a template holds.
import type { TemplateOptions } from '../../src/platform';

export const OPTIONS: TemplateOptions = {
  platform: 'drone-demo',
  release: '0.1.0',
  seedKey: 'releases/0.1.0/model-build-0123456789ab.zip',
  repositoryProvider: 'CodeConnections',
  roles: 'create',
  encryption: 'aws',
  logRetentionDays: 90,
  tags: { team: 'survey' },
};
