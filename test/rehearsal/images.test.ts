import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { missingBinaries, rehearsalImages } from '../../src/rehearsal/images';
import { temporaryFolder } from '../folder';

const OPTIONS = { account: '000000000000', region: 'eu-west-1', modules: '/modules', launcher: '/launcher.cjs' };

describe('the images of a rehearsal', () => {
  test('are two, and no other image can be run', () => {
    const images = rehearsalImages({ ...OPTIONS, own: {} });
    expect(images.find(images.node)).toEqual({ nodePath: '/modules', launcher: '/launcher.cjs' });
    expect(images.find(images.training)).toBeDefined();
    expect(images.find('763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5')).toBeUndefined();
  });

  test("stand in for the team's own as well", () => {
    const own = { training: '000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/training@sha256:1' };
    const images = rehearsalImages({ ...OPTIONS, python: '/python', own });
    expect(images.find(own.training)).toEqual(images.find(images.training));
    expect(images.find(own.training)?.environment).toEqual({ DRONE_MLOPS_PYTHON: '/python' });
  });
});

describe('native packages', () => {
  test('GIVEN binaries for one platform THEN they are missing on another', () => {
    const modules = temporaryFolder();
    mkdirSync(join(modules, 'onnxruntime-node/bin/napi-v6/linux/x64'), { recursive: true });
    mkdirSync(join(modules, '@img/sharp-linuxmusl-x64'), { recursive: true });
    expect(missingBinaries(modules, 'linux', 'x64')).toEqual([]);
    expect(missingBinaries(modules, 'freebsd', 'x64')).toEqual(['onnxruntime-node', 'sharp']);
    expect(missingBinaries(modules, 'linux', 'arm64')).toEqual(['onnxruntime-node', 'sharp']);
  });
});
