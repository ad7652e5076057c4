import fc from 'fast-check';

/** A timestamp with an offset as a file may hold it, and the same in UTC as JavaScript's own reader of ISO 8601 says. */
export type ZonedMoment = { readonly text: string; readonly utc: string };

const twoDigits = (value: number): string => String(value).padStart(2, '0');

const zones = fc.oneof(
  fc.constant({ written: 'Z', iso: 'Z' }),
  fc
    .record({
      sign: fc.constantFrom('+', '-'),
      hours: fc.integer({ min: 0, max: 13 }),
      minutes: fc.integer({ min: 0, max: 59 }),
      form: fc.constantFrom('hh', 'hhmm', 'hh:mm'),
    })
    .map(({ sign, hours, minutes, form }) => {
      const [hh, mm] = [twoDigits(hours), form === 'hh' ? '00' : twoDigits(minutes)];
      return {
        written: `${sign}${form.replace('hh', hh).replace('mm', mm)}`,
        iso: `${sign}${hh}:${mm}`,
      };
    }),
);

/** Of the years 0002 to 9998, so that no offset leads out of the calendar. */
export const zonedMoments: fc.Arbitrary<ZonedMoment> = fc
  .record({
    moment: fc.date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9998-12-31T00:00:00Z'),
      noInvalidDate: true,
    }),
    between: fc.constantFrom('T', ' '),
    fraction: fc.stringMatching(/^[0-9]{0,6}$/),
    zone: zones,
  })
  .map(({ moment, between, fraction, zone }) => {
    const [day = '', time = ''] = moment.toISOString().slice(0, 19).split('T');
    const behind = fraction === '' ? '' : `.${fraction}`;
    const utc = new Date(`${day}T${time}${zone.iso}`).toISOString().slice(0, 19).replace('T', ' ');
    return {
      text: `${day}${between}${time}${behind}${zone.written}`,
      utc: `${utc}${behind.replace(/\.?0*$/, '')}`,
    };
  });
