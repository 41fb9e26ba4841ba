// Templates read before anything is made of them.
import { assumed, documented } from '../behaviour';
import { API, operation } from './operation';
import { capabilitiesOf } from './plan';
import { bodyOf } from './target';
import { parseTemplate, type Template } from './template';

interface Given {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
}

const CLAIMS = [
  documented('What the template makes in IAM has to be acknowledged: Capabilities.', `${API}, ValidateTemplate`),
  assumed('The template’s form is checked, and its types and properties when a stack is made of it.'),
];

const validateTemplate = operation<Given>('ValidateTemplate', { claims: CLAIMS }, async (input, world) => {
  const template = parseTemplate(await bodyOf(world, input));
  return {
    ...shared(template),
    Parameters: Object.entries(template.Parameters).map(([ParameterKey, { Default, Description, NoEcho = false }]) => ({
      ParameterKey,
      ...(Default !== undefined && { DefaultValue: Default }),
      ...(Description !== undefined && { Description }),
      NoEcho,
    })),
  };
});

const getTemplateSummary = operation<Given>(
  'GetTemplateSummary',
  { claims: CLAIMS, refuses: ['StackName', 'StackSetName', 'CallAs', 'TemplateSummaryConfig'] },
  async (input, world) => {
    const template = parseTemplate(await bodyOf(world, input));
    return {
      ...shared(template),
      ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
      Parameters: Object.entries(template.Parameters).map(([ParameterKey, parameter]) => ({
        ParameterKey,
        ParameterType: parameter.Type,
        ...(parameter.Default !== undefined && { DefaultValue: parameter.Default }),
        ...(parameter.Description !== undefined && { Description: parameter.Description }),
        NoEcho: parameter.NoEcho ?? false,
        ParameterConstraints: { ...(parameter.AllowedValues && { AllowedValues: parameter.AllowedValues }) },
      })),
    };
  },
);

export const TEMPLATE_OPERATIONS = [validateTemplate, getTemplateSummary];

function shared(template: Template) {
  const Capabilities = capabilitiesOf(Object.values(template.Resources));
  return {
    ...(template.Description !== undefined && { Description: template.Description }),
    ...(Capabilities.length > 0 && { Capabilities }),
  };
}
