// The manifest (`.jsii`) that `npx projen new --from create-drone-mlops` reads, written by hand instead of by the jsii compiler.
import { createHash } from 'node:crypto';
import { defaultText } from './interface-source';
import { OPTION_NAMES, optionOf } from './resolve';

const ASSEMBLY = 'create-drone-mlops';

/** The manifest's object. projen reads the project class, its options' types, documentation and defaults. */
export function projenManifest(version: string, projenRange: string): unknown {
  const types = {
    [`${ASSEMBLY}.DroneMlopsProject`]: {
      assembly: ASSEMBLY,
      base: 'projen.typescript.TypeScriptProject',
      docs: { summary: 'The platform repository of a drone-imagery MLOps project.', custom: { pjid: 'drone-mlops' } },
      fqn: `${ASSEMBLY}.DroneMlopsProject`,
      initializer: {
        parameters: [{ name: 'options', type: { fqn: `${ASSEMBLY}.ProjectOptions` } }],
      },
      kind: 'class',
      name: 'DroneMlopsProject',
    },
    [`${ASSEMBLY}.ProjectOptions`]: {
      assembly: ASSEMBLY,
      datatype: true,
      docs: { summary: 'What a project is made of.' },
      fqn: `${ASSEMBLY}.ProjectOptions`,
      kind: 'interface',
      name: 'ProjectOptions',
      properties: OPTION_NAMES.map((name) => {
        const option = optionOf(name);
        const required = option.presence === 'required';
        return {
          docs: { summary: option.doc, ...(required ? {} : { default: defaultText(option) }) },
          immutable: true,
          name,
          ...(required ? {} : { optional: true }),
          type: option.kind.jsii,
        };
      }),
    },
  };
  return {
    schema: 'jsii/0.10.0',
    name: ASSEMBLY,
    version,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([version, types]))
      .digest('base64'),
    dependencies: { projen: projenRange },
    types,
  };
}
