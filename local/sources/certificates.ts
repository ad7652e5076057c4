import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, as PEM text. */
export type Certified = { readonly certificate: string; readonly key: string };

type Issuer = { readonly name: string; readonly key: KeyObject };

/** A new certificate authority of that name. */
export const authority = (name: string): { readonly certificate: string; issue(host: Host): Certified } => {
  const issuer = { name, key: newKey() };
  return {
    certificate: certificateOf(issuer, { name, key: issuer.key, extensions: [isAuthority] }),
    issue: (host) => {
      const key = newKey();
      const certificate = certificateOf(issuer, { name: 'server', key, extensions: [alternativeName(host)] });
      return { certificate, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
};

/** A DNS name, or the four bytes of an address. */
export type Host = string | readonly number[];

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

/** X.509 version 3 (RFC 5280), signed by ECDSA with SHA-256, valid from a day before now for ten years. */
const certificateOf = (
  issuer: Issuer,
  subject: Issuer & { readonly extensions: readonly Buffer[] },
): string => {
  const day = 86_400_000;
  const validity = sequence(time(Date.now() - day), time(Date.now() + 3650 * day));
  const publicKey = createPublicKey(subject.key).export({ type: 'spki', format: 'der' });
  const signed = sequence(
    der(0xa0, integer(2)),
    integer(Math.floor(Math.random() * 2 ** 31)),
    ecdsaWithSha256,
    named(issuer.name),
    validity,
    named(subject.name),
    publicKey,
    der(0xa3, sequence(...subject.extensions)),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', signed, issuer.key));
  const whole = sequence(signed, ecdsaWithSha256, signature).toString('base64');
  const lines = whole.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};

/** One value of the Distinguished Encoding Rules. */
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80 ? Buffer.of(body.length) : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.of(tag), length, body]);
};

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const object = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));

const integer = (value: number): Buffer => {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  const first = bytes.findIndex((byte) => byte !== 0);
  const isNegative = first >= 0 && (bytes[first] ?? 0) >= 0x80;
  return der(0x02, bytes.subarray(first < 0 ? 4 : isNegative ? first - 1 : first));
};

const time = (moment: number): Buffer => {
  const digits = new Date(moment).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
};

const ecdsaWithSha256 = sequence(object(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const commonName = object(0x55, 0x04, 0x03);
const named = (name: string): Buffer =>
  sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))));

const isAuthority = sequence(
  object(0x55, 0x1d, 0x13),
  der(0x01, Buffer.of(0xff)),
  der(0x04, sequence(der(0x01, Buffer.of(0xff)))),
);

const alternativeName = (host: Host): Buffer => {
  const name = typeof host === 'string' ? der(0x82, Buffer.from(host)) : der(0x87, Buffer.from(host));
  return sequence(object(0x55, 0x1d, 0x11), der(0x04, sequence(name)));
};
