const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const folder = join(__dirname, '..', 'glue');

/** Base names of the scripts that Glue jobs run. */
const scripts = () =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.py'))
        .sort()
    : [];

/** The text of one script, as bytes. */
const script = (name) => readFileSync(join(folder, name));

const contentHash = () => {
  const hash = createHash('sha256');
  for (const name of scripts()) hash.update(name).update(script(name));
  return hash.digest('hex').slice(0, 16);
};

/**
 * Paths of the scripts in the deployment bucket. They contain a hash of the content, so that a changed script changes the
 * template, and running jobs keep the script that they started with.
 */
const prefix = async ({ resolveVariable }) => {
  const service = await resolveVariable('self:service');
  const stage = await resolveVariable('sls:stage');
  return `serverless/${service}/${stage}/glue/${contentHash()}`;
};

/** Locations of all scripts for `--extra-py-files`, as a text for Fn::Sub: each job can import all of them. */
const modules = async (variables) => {
  const folder = await prefix(variables);
  return scripts()
    .map((name) => `s3://\${ServerlessDeploymentBucket}/${folder}/${name}`)
    .join(',');
};

/** Scripts that the jobs of a template name and that do not exist. */
const missingScripts = (template) => {
  const there = new Set(scripts());
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Glue::Job')
    .map(({ Properties }) => JSON.stringify(Properties.Command.ScriptLocation).match(/[^/"]+\.py/)?.[0])
    .filter((name) => !there.has(name));
};

module.exports = { prefix, modules, scripts, script, missingScripts };
