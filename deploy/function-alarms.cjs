const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

// The tags of CloudFormation mean nothing here.
const read = (file) => parse(readFileSync(join(__dirname, '..', file), 'utf8'), { logLevel: 'error' });

const functions = read('functions/functions.yml');
const { timeout: usualTimeout } = read('serverless.yml').provider;

const name = `\${self:custom.name}`;
const runs = `npx soundcheck runs --open --stage \${sls:stage}`;

const idOf = (key) => `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
const wordsOf = (key) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const alarm = (key, kind, description, watched) => [
  `${idOf(key)}${idOf(kind)}Alarm`,
  {
    Type: 'AWS::CloudWatch::Alarm',
    Condition: 'WatchesFunctions',
    Properties: {
      AlarmName: `${name}-${wordsOf(key)}-${kind}`,
      AlarmDescription: description,
      Namespace: 'AWS/Lambda',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: `${idOf(key)}LambdaFunction` } }],
      Period: 900,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      OKActions: [{ Ref: 'AlarmTopic' }],
      ...watched,
    },
  },
];

const alarmsOf = ([key, { timeout = usualTimeout }]) => [
  alarm(
    key,
    'errors',
    `${wordsOf(key)} failed three times within 15 minutes; Lambda and the sweep try again. See what stands still - ${runs}`,
    { MetricName: 'Errors', Statistic: 'Sum', Threshold: 2 },
  ),
  alarm(
    key,
    'throttles',
    `Lambda did not start ${wordsOf(key)}: the account runs as many functions at once as it may. Events wait for hours; ask AWS for more concurrency - ${runs}`,
    { MetricName: 'Throttles', Statistic: 'Sum', Threshold: 0 },
  ),
  alarm(
    key,
    'duration',
    `${wordsOf(key)} took more than four fifths of its ${timeout} seconds; one that is interrupted does its work again. Land smaller files, or raise its timeout in functions/functions.yml - ${runs}`,
    { MetricName: 'Duration', Statistic: 'Maximum', Threshold: Math.round(timeout * 800) },
  ),
];

/** Three alarms for each function, in stages that ask for them. */
const alarms = {
  Parameters: {
    FunctionAlarms: {
      Type: 'String',
      Default: `\${param:functionAlarms}`,
      AllowedValues: ['true', 'false'],
      Description: 'Alarms on errors, throttles and duration of each function',
    },
  },
  Conditions: { WatchesFunctions: { 'Fn::Equals': [{ Ref: 'FunctionAlarms' }, 'true'] } },
  Resources: Object.fromEntries(Object.entries(functions).flatMap(alarmsOf)),
};

module.exports = { alarms };
