/**
 * Flags that stand before `--` in `npm start --fresh`. npm takes them as its own settings and passes them to scripts only in
 * the environment. `--fresh` is read from there; npm may have removed the value of any other flag, so those are an error.
 */
export const heardByNpm = (environment: NodeJS.ProcessEnv): { fresh?: true } => {
  if (environment.npm_lifecycle_event === undefined) return {};
  const said = (name: string): boolean => environment[`npm_config_${name}`] !== undefined;
  for (const name of [
    'state',
    'port',
    'engine',
    'chaos',
    'sweep_every',
    'param',
    'dataset',
    'fresh_warehouse',
  ]) {
    const flag = `--${name.replace('_', '-')}`;
    if (said(name))
      throw new Error(
        `npm read ${flag} as its own flag: write "npm ${environment.npm_lifecycle_event} -- ${flag} …", with -- before the flag`,
      );
  }
  return environment.npm_config_fresh === 'true' ? { fresh: true } : {};
};
