import type { StatementAnswer, TestSpark } from '../../spark/spark.ts';
import {
  type Answer,
  asItIs,
  type Question,
  type Shown,
  shownAs,
  type TestEngine,
  writeRows,
} from './engine.ts';

const shown: Shown = {
  text: (column) => `cast(${column} as string)`,
  decimal: (column) => `cast(${column} as string)`,
  double: asItIs,
  boolean: asItIs,
  timestamp: (column) => `date_format(${column}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')`,
  json: asItIs,
};

/** A warm session of Spark; relations are views over files in the folder, and what is asked together shares a session. */
export const sparkEngine = (spark: () => TestSpark, folder: () => string): TestEngine => {
  let asked = 0;
  const statements = async (question: Question): Promise<string[]> => {
    asked += 1;
    const views = (question.relations ?? []).map(async (relation) => {
      const path = await writeRows(folder(), relation, asked);
      const types = Object.entries(relation.columns).map(([name, type]) => `"${name}" ${sparkType(type)}`);
      return `create or replace temporary view ${relation.name} (${types.join(', ')}) using json options (path '${path}')`;
    });
    return [...(await Promise.all(views)), shownAs(question, shown)];
  };
  return {
    type: 'spark',
    ask: async (questions) => {
      const texts: string[][] = [];
      for (const question of questions) texts.push(await statements(question));
      const answers = await spark().sql(...texts.flat());
      return texts.map((own, at) => {
        const first = texts.slice(0, at).flat().length;
        return answerOf(answers.slice(first, first + own.length));
      });
    },
  };
};

const answerOf = (answers: readonly StatementAnswer[]): Answer =>
  answers.find((answer) => 'error' in answer) ?? answers.at(-1) ?? { error: 'no answer' };

/** `struct(a varchar)[]` is `array<struct<a: string>>`. */
const sparkType = (type: string): string => {
  if (type.endsWith('[]')) return `array<${sparkType(type.slice(0, -2))}>`;
  const [, members] = /^struct\((.*)\)$/.exec(type) ?? [];
  if (members === undefined) return type === 'varchar' ? 'string' : type;
  const typed = members
    .split(', ')
    .map((member) => member.replace(/^(\w+) (.*)$/, (_, name, own) => `${name}: ${sparkType(own)}`));
  return `struct<${typed.join(', ')}>`;
};
