import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { Template } from './template.ts';

/** Resource types and top-level properties of a template that CloudFormation's own specification does not know. */
export const unknownToAws = async ({ Resources }: Template): Promise<string[]> => {
  const specification = await loadAwsServiceSpec();
  return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const [known] = specification.lookup('resource', 'cloudFormationType', 'equals', Type);
    if (!known) return [`${id}: ${Type}`];
    return Object.keys(Properties)
      .filter((name) => !(name in known.properties) && !isTags(name, known.tagInformation))
      .map((name) => `${id}: ${Type} ${name}`);
  });
};

const isTags = (name: string, tags: { readonly tagPropertyName: string } | undefined): boolean =>
  name === tags?.tagPropertyName;
