// The catalog's bucket: templates as Studio reads them, seeds, and the sources of runtime images.
import { Construct } from 'constructs';
import { platformNames, retainedBucket } from '../platform';

export class CatalogBucket extends Construct {
  constructor(scope: Construct, id: string, platform: string) {
    super(scope, id);
    retainedBucket(this, platformNames(platform).catalogBucket, {
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
      },
      // Studio lists templates from the browser. Source: `cors-policy.json` of aws-samples/sagemaker-custom-project-templates.
      corsConfiguration: {
        corsRules: [
          {
            allowedOrigins: ['https://*.sagemaker.aws'],
            allowedMethods: ['POST', 'PUT', 'GET', 'HEAD', 'DELETE'],
            allowedHeaders: ['*'],
            exposedHeaders: [
              'ETag',
              'x-amz-delete-marker',
              'x-amz-id-2',
              'x-amz-request-id',
              'x-amz-server-side-encryption',
              'x-amz-version-id',
            ],
          },
        ],
      },
    });
  }
}
