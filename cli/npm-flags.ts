/**
 * Flags that stand before `--` in `npm start --fresh`: npm takes them for its own settings and tells scripts of them in the environment
 * only. `--fresh` is heard there; of the others npm may have kept the value for itself, so they are an error.
 */
export const heardByNpm = (environment: NodeJS.ProcessEnv): { fresh?: true } => {
  if (environment.npm_lifecycle_event === undefined) return {};
  const said = (name: string): boolean => environment[`npm_config_${name}`] !== undefined;
  for (const name of ['state', 'port', 'engine', 'chaos', 'sweep_every', 'dataset']) {
    const flag = `--${name.replace('_', '-')}`;
    if (said(name))
      throw new Error(
        `npm took ${flag} for itself: write "npm ${environment.npm_lifecycle_event} -- ${flag} …", with -- before it`,
      );
  }
  return environment.npm_config_fresh === 'true' ? { fresh: true } : {};
};
