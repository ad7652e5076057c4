import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** Bytes of a part, the least that S3 takes. It allows 10,000 of them, so this is enough for 48 GiB. */
const partSize = 5 * 2 ** 20;

type Target = { readonly Bucket: string; readonly Key: string };

/** Uploads a stream of unknown length, with the memory of one part; nothing is stored if the stream throws. */
export const uploadStream = async (
  client: S3Client,
  target: Target,
  body: AsyncIterable<Uint8Array>,
): Promise<void> => {
  // Each part is sent before the next one is filled.
  const part = Buffer.allocUnsafe(partSize);
  let filled = 0;
  let upload: Upload | undefined;
  try {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length; ) {
        if (filled === partSize) {
          upload ??= await beginUpload(client, target);
          await upload.send(part);
          filled = 0;
        }
        const taken = Math.min(chunk.length - at, partSize - filled);
        part.set(chunk.subarray(at, at + taken), filled);
        filled += taken;
        at += taken;
      }
    }
    const last = part.subarray(0, filled);
    if (upload) await upload.complete(last);
    else await client.send(new PutObjectCommand({ ...target, Body: last }));
  } catch (error) {
    await upload?.abort();
    throw error;
  }
};

type Upload = {
  send(part: Uint8Array): Promise<void>;
  complete(lastPart: Uint8Array): Promise<void>;
  abort(): Promise<void>;
};

const beginUpload = async (client: S3Client, target: Target): Promise<Upload> => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const upload = { ...target, UploadId };
  const Parts: CompletedPart[] = [];
  let size = 0;
  const send = async (Body: Uint8Array): Promise<void> => {
    const PartNumber = Parts.length + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
    size += Body.length;
  };
  /** True if an earlier try has completed the upload and its answer was lost: then S3 does not know the upload any more. */
  const isComplete = async (error: unknown): Promise<boolean> => {
    if (!(error instanceof Error && error.name === 'NoSuchUpload')) return false;
    const { ContentLength } = await client.send(new HeadObjectCommand(target));
    return ContentLength === size;
  };
  return {
    send,
    complete: async (lastPart) => {
      await send(lastPart);
      const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
      try {
        await client.send(complete);
      } catch (error) {
        if (!(await isComplete(error).catch(() => false))) throw error;
      }
    },
    abort: async () => {
      // If this fails, the bucket's lifecycle deletes the parts.
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    },
  };
};
