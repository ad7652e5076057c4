/** What the name of a file alone says: that it is a marker, or that it may lead out of its folder. */

/** Why a file with such a name is ignored; undefined where the name is not that of a marker. */
export const markerReason = (file: string): string | undefined => {
  if (isUnfinished(file))
    return 'in a folder for what a job has not finished, which it moves or removes in the end';
  return isFolder(file) || isMarker(file) ? 'a marker, which holds no rows' : undefined;
};

/** An object that stands for a folder. */
const isFolder = (file: string): boolean => file === '' || file.endsWith('/');

/** Folders in which Spark, Hadoop and Hive keep what their tasks are still writing: an attempt may be there twice. */
const isUnfinished = (file: string): boolean =>
  /(?:^|\/)(?:_temporary|_spark_metadata|\.(?:spark|hive)-staging[^/]*)\//.test(file);

/** What Hadoop, Spark and their like write beside their files: that a job or a folder is done, checksums, and summaries that hold no rows. */
const isMarker = (file: string): boolean =>
  /^(?:_SUCCESS|_(?:started|committed)_[^.]*|_(?:common_)?metadata|.*_\$folder\$|\..*\.crc|\.DS_Store)$/.test(
    file.slice(file.lastIndexOf('/') + 1),
  );

/** A part of a name that is followed out of its folder by a client that takes keys for paths, and perhaps decodes them. */
export const leadingOut = String.raw`(?<=^|[\\/]|%2f|%5c)(?:\.|%2e){1,2}(?=[\\/]|%2f|%5c|$)`;

/** Whether a part of a name might lead out of its folder. */
export const leadsOut = (name: string): boolean => new RegExp(leadingOut, 'i').test(name);
