import { type AlarmTopic, alarmTopic } from './alarm-topic.ts';
import { type Alarm, alarmsOf } from './alarms.ts';
import { governsTables } from './lake-formation.ts';
import { concurrency, type FunctionState, functionState } from './lambda.ts';
import { disabledRules } from './rules.ts';
import { emptySecrets } from './secrets.ts';
import { stackStatus } from './stack.ts';

/** What AWS says about a stage. Every method throws if the credentials do not allow the question. */
export type Stage = {
  /** In the words of CloudFormation; undefined if there is no such stack. */
  stackStatus(): Promise<string | undefined>;
  /** Rules of EventBridge that are turned off. */
  disabledRules(): Promise<readonly string[]>;
  alarmTopic(): Promise<AlarmTopic | undefined>;
  functionState(name: string): Promise<FunctionState>;
  /** How many functions of the account may run at once. */
  concurrency(): Promise<number>;
  /** True if new tables of the Glue catalog need grants of Lake Formation. */
  governsTables(): Promise<boolean>;
  /** Secrets of the stage without a value. */
  emptySecrets(): Promise<readonly string[]>;
  /** Alarms of the stage that are on. */
  alarms(): Promise<readonly Alarm[]>;
};

/** The stage of a stack, with the credentials and the region of the environment. */
export const stageAt = (stack: string): Stage => ({
  stackStatus: () => stackStatus(stack),
  disabledRules: () => disabledRules(stack),
  alarmTopic: () => alarmTopic(stack),
  functionState,
  concurrency,
  governsTables,
  emptySecrets: () => emptySecrets(stack),
  alarms: () => alarmsOf(stack),
});
