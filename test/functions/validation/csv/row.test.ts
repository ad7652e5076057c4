import { describe, expect, it } from 'vitest';
import { messagesOf, outcomeOf, validate } from '../fixture.ts';

const header = 'user_id,track_id,listen_time\n';
const good = '26213,4dBa8T7oDV9WvGr7kVS4Ez,2024-06-25 17:43:13\n';
const two = { fields: { a: { type: 'string' }, b: { type: 'int' } } };

describe('bad values', () => {
  it.each([
    ['1e3', 'line 2, column user_id: "1e3" is not an int (digits only, no fraction)'],
    [' 13', 'line 2, column user_id: " 13" is not an int (digits only, no fraction)'],
    ['12.0', 'line 2, column user_id: "12.0" is not an int (digits only, no fraction)'],
    [
      '9223372036854775808',
      'line 2, column user_id: "9223372036854775808" is not an int (it does not fit into 64 bits)',
    ],
    ['١٣', 'line 2, column user_id: "١٣" is not an int (digits only, no fraction)'],
    ['', 'line 2, column user_id: the value is missing, every record needs one'],
    ['""', 'line 2, column user_id: the value is missing, every record needs one'],
  ])('rejects %j as an int', async (value, message) => {
    expect(messagesOf(await validate(`${header}${value},x,2024-06-25 17:43:13\n`))).toEqual([message]);
  });

  it('says line, column, value and rule', async () => {
    expect(await validate(`${header}${good}1,x,2024-02-30 00:00:00\n`)).toEqual({
      verdict: 'rejected',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      records: 2,
      total: 1,
      counts: { 'type:listen_time': 1 },
      violations: [
        {
          rule: 'type',
          line: 3,
          column: 'listen_time',
          value: '2024-02-30 00:00:00',
          message:
            'line 3, column listen_time: "2024-02-30 00:00:00" is not a timestamp (that month has 29 days)',
        },
      ],
    });
  });

  it('says the physical line on which a field starts', async () => {
    const content = 'a,b\r\n"1\r\n2\n3","x"\r\n"\n",y\r\nz,z';
    const validation = await validate(content, { schema: two });
    expect(validation.verdict === 'rejected' && validation.violations.map(({ line }) => line)).toEqual([
      4, 6, 7,
    ]);
  });

  it('keeps the first hundred violations and counts all', async () => {
    const validation = await validate(header + 'x,,1\n'.repeat(1000));
    expect(validation).toMatchObject({
      total: 3000,
      records: 1000,
      counts: { 'type:user_id': 1000, 'required:track_id': 1000, 'type:listen_time': 1000 },
    });
    expect(messagesOf(validation)).toHaveLength(100);
  });

  it('cuts a value at a hundred characters, never through one', async () => {
    const validation = await validate(`a,b\nx,${'a'.repeat(99)}😀${'b'.repeat(9000)}\n`, { schema: two });
    expect(validation).toMatchObject({ violations: [{ value: 'a'.repeat(99) }] });
  });

  it('counts a doubled quote as one character', async () => {
    const schema = { fields: { a: { type: 'string', length: 3 } } };
    expect(outcomeOf(await validate('a\n"a""b"\n', { schema }))).toBe('accepted');
    expect(outcomeOf(await validate('a\n"a"""\n', { schema }))).toEqual({ 'length:a': 1 });
  });

  it('checks fields that are quoted, with doubled quotes too', async () => {
    const schema = { fields: { a: { type: 'string', pattern: 'a"b' }, b: { type: 'int' } } };
    expect(outcomeOf(await validate('a,b\n"a""b","1"\n', { schema }))).toBe('accepted');
    expect(outcomeOf(await validate('a,b\n"a""c","1.0"\n', { schema }))).toEqual({
      'pattern:a': 1,
      'type:b': 1,
    });
  });
});
