import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'yaml';

/** An alarm of the template: its name after that of the stack, what it means, and the commands that help. */
export type DescribedAlarm = { readonly name: string; readonly means: string; readonly run: string };

type Resources = Readonly<
  Record<
    string,
    { readonly Properties?: { readonly AlarmName?: string; readonly AlarmDescription?: string } }
  >
>;

const read = (file: string) => parse(readFileSync(file, 'utf8'), { logLevel: 'error', merge: true });

const parameters: Readonly<Record<string, unknown>> = read('serverless.yml').params.default;

const filled = (text: string): string =>
  text
    .replaceAll(`\${sls:stage}`, 'dev')
    .replaceAll(`\${self:custom.name}-`, '')
    .replaceAll(/\$\{param:(\w+)\}/g, (_, name: string) => String(parameters[name]));

const alarmsIn = (resources: Resources): DescribedAlarm[] =>
  Object.values(resources).flatMap(({ Properties: { AlarmName, AlarmDescription = '' } = {} }) => {
    if (AlarmName === undefined) return [];
    const [means = '', run = ''] = filled(AlarmDescription).trim().split(' - ');
    return [{ name: filled(AlarmName), means, run }];
  });

/** All alarms of a stage with the usual parameters, in the order of the files. */
export const alarmsOfTemplate = (): DescribedAlarm[] =>
  ['resources/alarms.yml', 'resources/outcomes.yml'].flatMap((file) => alarmsIn(read(file).Resources));

/** Those of each function, with `<function>` for its name and no number of seconds: one of each kind if all say the same. */
export const alarmsOfFunctions = (): DescribedAlarm[] => {
  const { alarms } = createRequire(import.meta.url)('../../deploy/function-alarms.cjs');
  const all = alarmsIn(alarms.Resources).map(({ name, means, run }) => {
    const kind = name.slice(name.lastIndexOf('-') + 1);
    const words = name.slice(0, name.lastIndexOf('-'));
    const text = means.replace(words, '`<function>`').replace(/its \d+ seconds/, 'its seconds');
    return JSON.stringify({ name: `<function>-${kind}`, means: text, run });
  });
  return [...new Set(all)].map((one) => JSON.parse(one));
};
