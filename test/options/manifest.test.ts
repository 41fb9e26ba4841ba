import { OPTION_NAMES, optionFlag, optionOf, projenManifest, resolveOptions, toFlags } from '../../src/options';

describe('the manifest for `projen new --from`', () => {
  test('offers one project type with every option, its type and its documentation', () => {
    const { types } = projenManifest('1.2.3', '>=0.103.25') as {
      types: Record<string, { properties?: { name: string; optional?: boolean; docs: { summary: string } }[] }>;
    };
    expect(Object.keys(types)).toEqual(['create-drone-mlops.DroneMlopsProject', 'create-drone-mlops.ProjectOptions']);
    const properties = types['create-drone-mlops.ProjectOptions']?.properties ?? [];
    expect(properties.map(({ name }) => name)).toEqual(OPTION_NAMES);
    expect(properties.filter(({ optional }) => !optional).map(({ name }) => name)).toEqual(['projectName']);
    for (const { name, docs } of properties) expect(docs.summary).toBe(optionOf(name as never).doc);
  });

  test('has another fingerprint for another version', () => {
    const fingerprint = (version: string) => (projenManifest(version, '*') as { fingerprint: string }).fingerprint;
    expect(fingerprint('1.0.0')).not.toBe(fingerprint('1.0.1'));
  });
});

describe('flags', () => {
  test('are options in kebab case', () => {
    expect(optionFlag('acceptUltralyticsLicense')).toBe('--accept-ultralytics-license');
  });

  test('leave out defaults, and quote what a shell would take apart', () => {
    const options = resolveOptions({ projectName: 'demo', classes: ["a'b c"], spot: true, epochs: 50 });
    expect(toFlags(options)).toEqual(['--project-name demo', `--classes 'a'\\''b c'`, '--spot']);
  });
});
