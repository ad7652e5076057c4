import { ClassicLevel } from 'classic-level';

type Base<Key, Value> = ClassicLevel<Key, Value>;
type Change<Key, Value> = { type: 'put'; key: Key; value: Value } | { type: 'del'; key: Key };

/**
 * LevelDB for many small calls. It reads single entries on the calling thread: they are nearly always in memory, and a call
 * through the thread pool takes ten times as long, on a busy machine a hundred times. Single writes of one turn of the event
 * loop are sent to the thread pool together; each resolves when it is written.
 */
export class PromptLevel<Key, Value> extends ClassicLevel<Key, Value> {
  #changes: Change<Key, Value>[] = [];
  #written: Promise<void> | undefined;

  override get: Base<Key, Value>['get'] = async (key: Key, options = {}) => {
    if (this.status === 'opening') await this.open({ passive: true });
    return this.getSync(key, options);
  };

  override put: Base<Key, Value>['put'] = (key: Key, value: Value) =>
    this.#write({ type: 'put', key, value });

  override del: Base<Key, Value>['del'] = (key: Key) => this.#write({ type: 'del', key });

  #write(change: Change<Key, Value>): Promise<void> {
    this.#changes.push(change);
    this.#written ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        const changes = this.#changes;
        this.#changes = [];
        this.#written = undefined;
        this.batch(changes).then(resolve, reject);
      });
    });
    return this.#written;
  }
}
