// A CloudFormation template, from YAML (with its short forms) or JSON, held to the parts that the region heeds.
import { parseDocument, type ScalarTag, type CollectionTag } from 'yaml';
import { z } from 'zod';
import { AwsError } from '../errors';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const parameter = z.strictObject({
  Type: z.string(),
  Default: text.optional(),
  Description: z.string().optional(),
  ConstraintDescription: z.string().optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(text).optional(),
  MinLength: z.coerce.number().optional(),
  MaxLength: z.coerce.number().optional(),
  MinValue: z.coerce.number().optional(),
  MaxValue: z.coerce.number().optional(),
  NoEcho: z.boolean().optional(),
});
export type Parameter = z.infer<typeof parameter>;

const policy = z.enum(['Delete', 'Retain', 'RetainExceptOnCreate']);

const resource = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  Condition: z.string().optional(),
  DeletionPolicy: policy.default('Delete'),
  UpdateReplacePolicy: policy.default('Delete'),
  Metadata: z.unknown().optional(),
});
export type TemplateResource = z.infer<typeof resource>;

const output = z.strictObject({
  Value: z.unknown(),
  Description: z.string().optional(),
  Condition: z.string().optional(),
});

const template = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09').optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  Parameters: z.record(z.string(), parameter).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), output).default({}),
  Rules: z.unknown().optional(),
});
export type Template = z.infer<typeof template>;

/** @throws AwsError ValidationError */
export function parseTemplate(body: string): Template {
  const document = parseDocument(body, { version: '1.1', customTags: (tags) => [...tags, ...SHORT_FORMS] });
  const [error] = document.errors;
  if (error !== undefined) throw templateError(`Template format error: ${error.message}`);
  const parsed = template.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw templateError(`Template format error: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

export function templateError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** Intrinsic functions that have a short form, and what may stand after it. */
const SHORT = ['And', 'Equals', 'GetAtt', 'If', 'Join', 'Not', 'Or', 'Select', 'Split', 'Sub'];

const SHORT_FORMS: (ScalarTag | CollectionTag)[] = [
  { tag: '!Ref', resolve: (name: string) => ({ Ref: name }) },
  { tag: '!Condition', resolve: (name: string) => ({ Condition: name }) },
  ...SHORT.flatMap((name): (ScalarTag | CollectionTag)[] => [
    {
      tag: `!${name}`,
      resolve: (value: string) => ({ [`Fn::${name}`]: name === 'GetAtt' ? splitAttribute(value) : value }),
    },
    {
      tag: `!${name}`,
      collection: 'seq',
      resolve: (items) => ({ [`Fn::${name}`]: items.toJSON() as unknown }),
    },
  ]),
];

/** `Repository.Arn`: an attribute's own name may hold dots. */
export function splitAttribute(text: string): [string, string] {
  const at = text.indexOf('.');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
