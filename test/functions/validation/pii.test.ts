import { describe, expect, it } from 'vitest';
import { validate } from './fixture.ts';

describe('personal data', () => {
  const schema = {
    fields: { id: { type: 'int' }, email: { type: 'string', pattern: '[^@]+@[^@]+', pii: true } },
  };
  const secret = 'ada-lovelace';

  it.each([
    ['a value', `id,email\n1,${secret}\n`],
    ['a quote inside', `id,email\n1,x"${secret}\n`],
    ['text after a quote', `id,email\n1,"${secret}"${secret}\n`],
    ['a carriage return', `id,email\n1,${secret}\r${secret}\n`],
    ['a NUL', `id,email\n1,${secret}\0@\n`],
    ['too many columns', `id,email\n1,2,${secret}\n`],
    ['a missing header', `1,${secret}\n`],
    ['a wrong delimiter', `id;email;${secret}\n`],
    ['an unknown column', `id,email,${secret}\n`],
    ['a column that stands twice', `id,email,${secret},${secret}\n`],
    ['a file of one long line', `id,email\n1,"${secret.repeat(200_000)}`],
    ['a quote in the header', `id,"email"${secret}\n`],
  ])('never reaches the violations: %s', async (_, content) => {
    const validation = await validate(content, { schema });
    expect(validation.verdict).toBe('rejected');
    expect(JSON.stringify(validation)).not.toContain(secret.slice(0, 5));
  });

  it('hides the values of its own column only', async () => {
    const validation = await validate('id,email\nx,y\n', { schema });
    expect(validation).toMatchObject({ violations: [{ value: 'x' }, { column: 'email', rule: 'pattern' }] });
    expect(validation.verdict === 'rejected' && validation.violations[1]).not.toHaveProperty('value');
  });
});
