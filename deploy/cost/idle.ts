import { type Charge, charges, type Stage } from './charges.ts';
import { addedUp, type Line } from './lines.ts';
import { createdBy, type Template } from './template.ts';

/** The template has a type of resource of which the price table says nothing. */
export class UnknownCharge extends Error {
  override readonly name = 'UnknownCharge';
  constructor(readonly types: readonly string[]) {
    super(`deploy/cost/charges.ts does not know what these cost: ${types.join(', ')}`);
  }
}

/** A stage with what it creates. Throws `UnknownCharge`, also for resources that only a parameter adds. */
export const stageOf = (template: Template, settings: Pick<Stage, 'tables' | 'dailyRpuHours'>): Stage => {
  const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
  const unknown = [...types].filter((type) => charges[type] === undefined).sort();
  if (unknown.length > 0) throw new UnknownCharge(unknown);
  return { ...settings, template, created: createdBy(template) };
};

/** What a stage costs in a month in which nothing happens. */
export const idleLines = (stage: Stage): Line[] =>
  addedUp(stage.created.flatMap((resource) => idleOf(charges[resource.type])?.(resource, stage) ?? []));

const idleOf = (charge: Charge | undefined) => (charge && 'idle' in charge ? charge.idle : undefined);
