const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const rules = join(__dirname, '..', 'rules');

/** Names of the datasets: folders of rules/ with a manifest. */
const datasets = readdirSync(rules, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(rules, entry.name, 'manifest.json')))
  .map(({ name }) => name)
  .sort();

/** One batch of each dataset may run at once; a run whose batch was given up may still be ending. */
const concurrentRuns = Math.max(20, 2 * datasets.length);

const logicalId = (dataset) =>
  `${dataset.replace(/(?:^|[^a-zA-Z0-9])([a-zA-Z0-9])/g, (_, letter) => letter.toUpperCase())}Rules`;

const ruleset = (dataset) => [
  logicalId(dataset),
  {
    Type: 'AWS::Glue::DataQualityRuleset',
    Properties: {
      Name: `\${self:custom.name}-${dataset}`,
      Description: `rules/${dataset}/quality.dqdl, for people: functions read the rules from their package`,
      Ruleset: readFileSync(join(rules, dataset, 'quality.dqdl'), 'utf8'),
    },
  },
];

/**
 * The quality rules of every dataset in the Glue Data Catalog. They name no table: a table is created by the first migration,
 * after the stack.
 */
const rulesets = {
  Resources: Object.fromEntries(
    datasets.filter((dataset) => existsSync(join(rules, dataset, 'quality.dqdl'))).map(ruleset),
  ),
};

module.exports = { datasets, concurrentRuns, rulesets };
