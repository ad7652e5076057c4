import { existsSync, rmSync } from 'node:fs';
import { type CheckedFile, openLog, openPages } from './checked-files.ts';
import { capi, vfs, wasm } from './sqlite.ts';

/** The files that SQLite opens for a store, and what last went wrong in one of them: SQLite itself passes on a number only. */
export class SqliteFiles {
  failure: unknown;

  constructor(readonly path: string) {
    if (stores.has(path)) throw new Error(`${path} is already open in this process`);
    stores.set(path, this);
  }

  get log(): string {
    return `${this.path}${LOG}`;
  }

  /** Forgets the store, whose files are closed. */
  close(): void {
    stores.delete(this.path);
  }
}

export const VFS = 'soundcheck';
const LOG = '-wal';
const stores = new Map<string, SqliteFiles>();
const opened = new Map<number, { readonly file: CheckedFile; readonly store: SqliteFiles }>();

const { SQLITE_OK, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_NOTFOUND } = capi;
const { SQLITE_IOERR_READ, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE } = capi;
const noSpace: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Nothing may be thrown through SQLite. */
const guarded = (store: SqliteFiles | undefined, code: number, work: () => number | undefined): number => {
  try {
    return work() ?? SQLITE_OK;
  } catch (cause) {
    if (store) store.failure = cause;
    return noSpace.has((cause as NodeJS.ErrnoException).code) ? SQLITE_FULL : code;
  }
};

const onFile =
  <Rest extends unknown[]>(code: number, work: (file: CheckedFile, ...rest: Rest) => number | undefined) =>
  (pointer: number, ...rest: Rest): number => {
    const { file, store } = opened.get(pointer) ?? {};
    return guarded(store, code, () => (file ? work(file, ...rest) : code));
  };

const io = new capi.sqlite3_io_methods();
const files = new capi.sqlite3_vfs();
const usual = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(null));
const { sizeof } = Reflect.get(capi.sqlite3_file, 'structInfo') as { readonly sizeof: number };
// The members with a $ are the numbers in memory.
Object.assign(io, { $iVersion: 1 });
Object.assign(files, { $iVersion: 2, $szOsFile: sizeof, $mxPathname: 4_096 });
for (const member of ['$xRandomness', '$xSleep', '$xCurrentTime', '$xCurrentTimeInt64'])
  Reflect.set(files, member, Reflect.get(usual, member));

vfs.installVfs({
  io: {
    struct: io,
    methods: {
      xClose: (pointer) => {
        const { file } = opened.get(pointer) ?? {};
        opened.delete(pointer);
        return guarded(undefined, SQLITE_OK, () => void file?.close());
      },
      xRead: onFile(SQLITE_IOERR_READ, (file, to: number, length: number, offset: number) => {
        const into = wasm.heap8u().subarray(to, to + length);
        const count = file.read(into, Number(offset));
        if (count === length) return SQLITE_OK;
        into.fill(0, count);
        return capi.SQLITE_IOERR_SHORT_READ;
      }),
      xWrite: onFile(
        SQLITE_IOERR_WRITE,
        (file, from: number, length: number, offset: number) =>
          void file.write(wasm.heap8u().subarray(from, from + length), Number(offset)),
      ),
      xTruncate: onFile(SQLITE_IOERR_TRUNCATE, (file, size: number) => void file.truncate(Number(size))),
      xSync: onFile(SQLITE_IOERR_FSYNC, (file) => void file.sync()),
      xFileSize: onFile(
        capi.SQLITE_IOERR_FSTAT,
        (file, to: number) => void wasm.poke(to, file.size(), 'i64'),
      ),
      xLock: () => SQLITE_OK,
      xUnlock: () => SQLITE_OK,
      xCheckReservedLock: (_, to) => {
        wasm.poke(to, 0, 'i32');
        return SQLITE_OK;
      },
      xFileControl: () => SQLITE_NOTFOUND,
      xSectorSize: () => 4_096,
      // A write never changes bytes beside it.
      xDeviceCharacteristics: () => capi.SQLITE_IOCAP_POWERSAFE_OVERWRITE,
    },
  },
  vfs: {
    struct: files,
    name: VFS,
    methods: {
      xOpen: (_, name, pointer, flags, outFlags) => {
        const path = wasm.cstrToJs(name) ?? '';
        const isLog = (flags & capi.SQLITE_OPEN_WAL) !== 0;
        const store = stores.get(isLog ? path.slice(0, -LOG.length) : path);
        wasm.poke(pointer, 0, 'i32');
        return guarded(store, SQLITE_CANTOPEN, () => {
          if (!store) return SQLITE_CANTOPEN;
          opened.set(pointer, { file: isLog ? openLog(path) : openPages(path), store });
          wasm.poke(pointer, io.pointer, 'i32');
          if (outFlags) wasm.poke(outFlags, flags, 'i32');
          return SQLITE_OK;
        });
      },
      xDelete: (_, name) => {
        const path = wasm.cstrToJs(name) ?? '';
        return guarded(
          stores.get(path.replace(/-\w+$/, '')),
          capi.SQLITE_IOERR_DELETE,
          () => void rmSync(path, { force: true }),
        );
      },
      xAccess: (_, name, __, to) => {
        wasm.poke(to, existsSync(wasm.cstrToJs(name) ?? '') ? 1 : 0, 'i32');
        return SQLITE_OK;
      },
      xFullPathname: (_, name, length, to) =>
        wasm.cstrncpy(to, name, length) < length ? SQLITE_OK : SQLITE_CANTOPEN,
    },
  },
});
