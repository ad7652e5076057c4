const { DeleteObjectsCommand, ListObjectVersionsCommand } = require('@aws-sdk/client-s3');

/** A page of versions; of a missing bucket an empty one. */
const list = (s3, asked) =>
  s3.send(new ListObjectVersionsCommand(asked)).catch((error) => {
    if (error.name === 'NoSuchBucket') return {};
    throw error;
  });

const versionsOf = ({ Versions = [], DeleteMarkers = [] }) => [...Versions, ...DeleteMarkers];

/** Whether no version of any object is in a bucket; a missing bucket counts as empty. */
const isEmpty = async (s3, Bucket) => versionsOf(await list(s3, { Bucket, MaxKeys: 1 })).length === 0;

/** Deletes every version of every object; a missing bucket counts as empty. */
const empty = async (s3, Bucket) => {
  let position = {};
  do {
    const page = await list(s3, { Bucket, ...position });
    const Objects = versionsOf(page).map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length > 0) {
      const { Errors } = await s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      if (Errors?.length > 0) throw new Error(`cannot empty s3://${Bucket}: ${Errors[0].Message}`);
    }
    position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  } while (position.KeyMarker);
};

module.exports = { empty, isEmpty };
