import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestOf, validated } from '../../engine/validated.ts';

const fields = {
  id: { type: 'int', required: true },
  'user.name': { type: 'string', required: true, max_length: 3 },
  'user.place.city': { type: 'string' },
  'user.tags[]': { type: 'string' },
};
const json = manifestOf(fields, { unknown_fields: 'ignore' });
const cleanOf = async (text: string, key = 'data/people/a.jsonl', manifest = json) =>
  (await validated(key, Buffer.from(text), manifest)).clean?.toString();
const messagesOf = async (text: string): Promise<string> =>
  cleanOf(text).then(String, ({ message }) => message);

describe('a key that is a path', () => {
  it.each([
    ['{"id":1,"user.name":"Bo"}', '{"id":1,"user":{"name":"Bo"}}'],
    ['{"id":1,"\\u0075ser.name":"B\\u006f"}', '{"id":1,"user":{"name":"B\\u006f"}}'],
    [
      '{"user":{"name":"Bo"},"id":1,"user.place.city":"x"}',
      '{"user":{"name":"Bo","place":{"city":"x"}},"id":1}',
    ],
    ['{"id":1,"user":null,"user.name":"Bo"}', '{"id":1,"user":{"name":"Bo"}}'],
    [
      '{"id":1,"user.place":{"city":"x"},"user.name":"Bo"}',
      '{"id":1,"user":{"place":{"city":"x"},"name":"Bo"}}',
    ],
    ['{"id":1,"user":{"place.city":"x","name":"Bo"}}', '{"id":1,"user":{"name":"Bo","place":{"city":"x"}}}'],
    ['{"id":1,"user.name":"Bo","user.tags":["a",null]}', '{"id":1,"user":{"name":"Bo","tags":["a",null]}}'],
    [
      '{"id":1,"user.name":"Bo","new.key":[1.10, {"a.b":-0}]}',
      '{"id":1,"new.key":[1.10, {"a.b":-0}],"user":{"name":"Bo"}}',
    ],
  ])('is nested: %s', async (record, nested) => {
    expect(await cleanOf(`${record}\n`)).toBe(`${nested}\n`);
  });

  it('is validated as the path is, at its line', async () => {
    const text = '{"id":1,"user":{"name":"Bo"}}\n{"id":2,"user.name":"Anna"}\n';
    expect(await messagesOf(text)).toContain('line 2, column user.name: \\"Anna\\" has 4 characters');
    expect(await messagesOf('{"id":1,"user.place.city":"x"}\n')).toContain(
      'column user.name: the value is missing',
    );
  });

  it.each([
    '{"id":1,"user":{"name":"Bo"},"user.name":"Bo"}',
    '{"id":1,"user.name":"Bo","user":{"name":"Bo"}}',
    '{"id":1,"user.place":{"city":"x"},"user":{"name":"Bo","place":{"city":"y"}}}',
    '{"id":1,"user":7,"user.name":"Bo"}',
  ])('is rejected beside what it stands for: %s', async (record) => {
    expect(await messagesOf(`${record}\n`)).toMatch(/column user\.\S+: the column is named twice/);
  });

  it('may stand in an array over many lines', async () => {
    const array = { ...json, schema: { ...json.schema, extension: '.json' } };
    const text = '[\n{"id":1,\r\n"user.name":"Bo"}\n,{"id":2,"user":\n{"name":"Al"}}]';
    expect(await cleanOf(text, 'data/people/a.json', array)).toBe(
      '{"id":1,"user":{"name":"Bo"}}\n{"id":2,"user": {"name":"Al"}}\n',
    );
  });

  it('leaves files that have none to be read where they landed', async () => {
    expect(await cleanOf('{"id":1,"user":{"name":"Bo"},"other.key":1}\n')).toBeUndefined();
  });

  it('means the same as the keys in one another', async () => {
    const record = fc.record({
      id: fc.integer(),
      name: fc.stringMatching(/^[^\0\ud800-\udfff]{1,3}$/),
      city: fc.string({ unit: 'grapheme' }),
    });
    await fc.assert(
      fc.asyncProperty(record, async ({ id, name, city }) => {
        const place = city.replaceAll('\0', '');
        const flat = JSON.stringify({ 'user.name': name, id, 'user.place.city': place });
        const clean = await cleanOf(`${flat}\n`);
        expect(JSON.parse(clean ?? '')).toEqual({ id, user: { name, place: { city: place } } });
      }),
      { numRuns: 50 },
    );
  });
});
