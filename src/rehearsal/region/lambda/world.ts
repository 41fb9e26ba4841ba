// Functions, their code on disk, and who may invoke them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Collection } from '../collection';
import { operationsOf } from '../service';
import { arnOf, type Setting } from '../setting';
import { BOOTSTRAP } from './bootstrap';

export interface LambdaFunction {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Runtime: string;
  readonly Role: string;
  readonly Handler: string;
  readonly Description?: string;
  /** Seconds. */
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly Architectures: readonly string[];
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly LoggingConfig?: { readonly LogGroup?: string };
  readonly CodeSha256: string;
  readonly CodeSize: number;
  readonly LastModified: string;
  readonly tags: Readonly<Record<string, string>>;
  /** By statement id. */
  readonly permissions: Readonly<Record<string, Permission>>;
}

export interface Permission {
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string;
}

export interface LambdaWorld extends Setting {
  readonly functions: Collection<LambdaFunction>;
  /** Where the code of functions lies, a folder for each version of it. */
  readonly codeFolder: string;
  readonly bootstrap: string;
  /** Where functions find the AWS SDK. */
  readonly nodePath: string;
}

export function createLambdaWorld(setting: Setting, nodePath: string): LambdaWorld {
  const folder = join(setting.stateDir, 'lambda');
  const codeFolder = join(folder, 'code');
  mkdirSync(codeFolder, { recursive: true });
  const bootstrap = join(folder, 'bootstrap.cjs');
  writeFileSync(bootstrap, BOOTSTRAP);
  return { ...setting, functions: new Collection(join(folder, 'functions')), codeFolder, bootstrap, nodePath };
}

export const operation = operationsOf<LambdaWorld>();

export function functionArn(world: Setting, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(world, 'lambda', `function:${nameOrArn}`);
}

/** The folder of a function's code. */
export function codeOf({ codeFolder }: LambdaWorld, { CodeSha256 }: Pick<LambdaFunction, 'CodeSha256'>): string {
  return join(codeFolder, Buffer.from(CodeSha256, 'base64').toString('hex'));
}
