import { openS3 } from '../../../../local/cloud/s3/s3.ts';

const [, , directory = ''] = process.argv;
const s3 = await openS3({ directory, onObject: () => new Promise<never>(() => {}) });
await s3.createBucket('lake', { versioning: true, events: true });

const writeEndlessly = async (name: string): Promise<void> => {
  for (let index = 0; ; index += 1) {
    const key = `${process.pid}/${name}/${index}`;
    const put = await s3.put('lake', key, Buffer.from(`bytes of ${key}`));
    console.log(JSON.stringify({ key, versionId: put?.versionId }));
  }
};

await Promise.all(['a', 'b', 'c'].map(writeEndlessly));
