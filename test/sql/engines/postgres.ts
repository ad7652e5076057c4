import pg from 'pg';
import {
  type Answer,
  asItIs,
  type Question,
  type Relation,
  type Shown,
  shownAs,
  type TestEngine,
} from './engine.ts';

const shown: Shown = {
  text: (column) => `cast(${column} as text)`,
  decimal: (column) => `cast(${column} as text)`,
  double: asItIs,
  boolean: asItIs,
  timestamp: (column) => `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS.US')`,
  json: asItIs,
};

/** PostgreSQL in Redshift's place: it gets the text that Redshift gets. */
export const postgresEngine = (url: () => string): TestEngine => ({
  type: 'redshift',
  ask: async (questions) => {
    const answers: Answer[] = [];
    for (const question of questions) answers.push(await answer(url(), question));
    return answers;
  },
});

const answer = async (url: string, question: Question): Promise<Answer> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const relation of question.relations ?? []) await createRelation(client, relation);
    for (const setting of question.before ?? []) await client.query(setting);
    const { rows, fields } = await client.query(shownAs(question, shown));
    return {
      rows,
      types: Object.fromEntries(fields.map(({ name, dataTypeID }) => [name, typeName(dataTypeID)])),
    };
  } catch (error) {
    return { error: String(error) };
  } finally {
    await client.end();
  }
};

const typeName = (id: number): string =>
  Object.entries(pg.types.builtins)
    .find(([, known]) => known === id)?.[0]
    .toLowerCase() ?? String(id);

const createRelation = async (client: pg.Client, { name, columns, rows }: Relation): Promise<void> => {
  const types = Object.entries(columns).map(
    ([column, type]) => `"${column}" ${type === 'double' ? 'double precision' : type}`,
  );
  await client.query(`create temp table "${name}" (${types.join(', ')})`);
  await client.query(`insert into "${name}" select * from json_populate_recordset(null::"${name}", $1)`, [
    JSON.stringify(rows),
  ]);
};
