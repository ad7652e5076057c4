/** What the name of a file says: that it is a marker, or that it may lead out of its folder. */

/** Why a file with such a name is ignored; undefined if it is not the name of a marker. */
export const markerReason = (file: string): string | undefined => {
  if (isUnfinished(file))
    return 'in a folder for what a job has not finished, which it moves or removes in the end';
  return isFolder(file) || isMarker(file) ? 'a marker, which holds no rows' : undefined;
};

/** An object that stands for a folder. */
const isFolder = (file: string): boolean => file === '' || file.endsWith('/');

/** Folders in which Spark, Hadoop and Hive keep the unfinished output of tasks: it may be there twice. */
const isUnfinished = (file: string): boolean =>
  /(?:^|\/)(?:_temporary|_spark_metadata|\.(?:spark|hive)-staging[^/]*)\//.test(file);

/**
 * What Hadoop, Spark and similar tools write next to their files: marks of finished jobs and folders, checksums, and summaries
 * without rows.
 */
const isMarker = (file: string): boolean =>
  /^(?:_SUCCESS|_(?:started|committed)_[^.]*|_(?:common_)?metadata|.*_\$folder\$|\..*\.crc|\.DS_Store)$/.test(
    file.slice(file.lastIndexOf('/') + 1),
  );

/** A part of a name that leads out of its folder in a client that uses keys as paths, and perhaps decodes them. */
export const leadingOut = String.raw`(?<=^|[\\/]|%2f|%5c)(?:\.|%2e){1,2}(?=[\\/]|%2f|%5c|$)`;

/** Whether a part of a name might lead out of its folder. */
export const leadsOut = (name: string): boolean => new RegExp(leadingOut, 'i').test(name);
