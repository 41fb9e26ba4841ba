// Short forms of the CloudFormation expressions that the template is written in.
import { Fn } from 'aws-cdk-lib';
import { NAMES, type Named } from './names';

/** Text for `Fn::Sub`; text without variables stands for itself. */
export function sub(text: string): string {
  return text.includes('${') ? Fn.sub(text) : text;
}

/** The name of a resource of the project. */
export function nameOf(named: Named): string {
  return sub(NAMES[named].text);
}

/**
 * An ARN in the project's region and account.
 * @param resource text for `Fn::Sub`
 */
export function arn(service: string, resource: string): string {
  return sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);
}

/** An ARN of a service whose ARNs name no region: IAM. */
export function globalArn(service: string, resource: string): string {
  return sub(`arn:\${AWS::Partition}:${service}::\${AWS::AccountId}:${resource}`);
}

/**
 * An ARN of an S3 bucket, or of objects in it.
 * @param text `bucket` or `bucket/key`, for `Fn::Sub`
 */
export function s3Arn(text: string): string {
  return sub(`arn:\${AWS::Partition}:s3:::${text}`);
}
