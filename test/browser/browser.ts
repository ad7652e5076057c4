import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A protection that not every browser has: ours must hold without it.
  '--disable-features=LocalNetworkAccessChecks',
];

/**
 * Starts a real Chromium without a window: the one that `CHROMIUM` names, Chrome, Debian's, or on Linux x64 the one of an npm package.
 * `names` are host names that lead to 127.0.0.1. Undefined where there is none, an error where `CI` is true.
 */
export const openBrowser = async (names: readonly string[] = []): Promise<Browser | undefined> => {
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(', ');
  const args = [...quiet, ...(rules ? [`--host-resolver-rules=${rules}`] : [])];
  const failures: unknown[] = [];
  for (const find of places) {
    try {
      const found = await find();
      if (found) return await chromium.launch({ args, ...found });
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (process.env.CI === 'true') throw new AggregateError(failures, 'no Chromium could be started');
  return undefined;
};

type Found = Pick<LaunchOptions, 'executablePath' | 'channel'>;

const places: readonly (() => Found | undefined | Promise<Found | undefined>)[] = [
  () => (process.env.CHROMIUM ? { executablePath: process.env.CHROMIUM } : undefined),
  () => ({ channel: 'chrome' }),
  () => (existsSync('/usr/bin/chromium') ? { executablePath: '/usr/bin/chromium' } : undefined),
  async () =>
    process.platform === 'linux' && process.arch === 'x64' ? { executablePath: await unpacked() } : undefined,
];

/** It unpacks itself into the folder for temporary files, unless it lies there already. */
const unpacked = async (): Promise<string> => {
  const folder = join(import.meta.dirname, '..', '..', '.build', 'chromium');
  await mkdir(folder, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    return await sparticuz.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
};
