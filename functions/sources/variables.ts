const variable = /\$\{([A-Z][A-Z0-9_]*)\}/g;

/** A text of a source with each `${NAME}` replaced; `env` throws if a variable is missing. */
export const withVariables = (text: string, env: (name: string) => string): string =>
  text.replace(variable, (_, name: string) => env(name));
