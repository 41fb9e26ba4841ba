// What stands in for the runtime images: the packages that the project has installed, and the images' own launcher.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeImage } from './jobs';

export interface RehearsalImages {
  /** URI of the image that processing steps and endpoints name. */
  readonly node: string;
  readonly training: string;
  /** What runs for an image URI; undefined when it is none of ours. */
  readonly find: (uri: string) => RuntimeImage | undefined;
}

/** Digests of what stands in for the images, whatever repository names them. */
export const STAND_INS = { node: standIn('node'), training: standIn('training') } as const;

function standIn(name: string): string {
  return `sha256:${createHash('sha256').update(`rehearsal of the image ${name}`).digest('hex')}`;
}

export interface ImagesOptions {
  readonly account: string;
  readonly region: string;
  /** The `node_modules` folder of the model-build package. */
  readonly modules: string;
  /** Path of `launcher.cjs`. */
  readonly launcher: string;
  /** Interpreter that stands for the training image's, with the packages of `training/requirements.txt`. */
  readonly python?: string;
  /** URIs of the team's own images in the place of the platform's. */
  readonly own: { readonly node?: string; readonly training?: string };
}

export function rehearsalImages(options: ImagesOptions): RehearsalImages {
  const { account, region, modules, launcher, python, own } = options;
  const uri = (name: 'node' | 'training'): string =>
    `${account}.dkr.ecr.${region}.amazonaws.com/rehearsal@${STAND_INS[name]}`;
  const image: RuntimeImage = { nodePath: modules, launcher };
  const training: RuntimeImage =
    python === undefined ? image : { ...image, environment: { DRONE_MLOPS_PYTHON: python } };
  return {
    node: uri('node'),
    training: uri('training'),
    find: (asked) => {
      const digest = asked.slice(asked.indexOf('@') + 1);
      if (digest === STAND_INS.node || asked === own.node) return image;
      return digest === STAND_INS.training || asked === own.training ? training : undefined;
    },
  };
}

/** Native packages that have no binary for this platform among what is installed in `modules`. */
export function missingBinaries(modules: string, platform = process.platform, arch = process.arch): string[] {
  const present: Record<string, boolean> = {
    'onnxruntime-node': existsSync(join(modules, 'onnxruntime-node', 'bin', 'napi-v6', platform, arch)),
    sharp: ['', 'musl'].some((libc) => existsSync(join(modules, '@img', `sharp-${platform}${libc}-${arch}`))),
  };
  return Object.keys(present).filter((name) => !present[name]);
}
