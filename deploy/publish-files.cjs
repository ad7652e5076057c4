const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const {
  DeleteBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} = require('@aws-sdk/client-s3');
const { empty } = require('./buckets.cjs');
const glue = require('./glue-scripts.cjs');

/** Puts an object only if its content changed: an unchanged manifest must not wake the pipeline. */
const putChanged = async (s3, Bucket, Key, Body) => {
  const sha256 = createHash('sha256').update(Body).digest('hex');
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key })).catch((error) => {
    if (error.name === 'NotFound') return undefined;
    throw error;
  });
  if (head?.Metadata?.sha256 === sha256) return false;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { sha256 } }));
  return true;
};

/** A JSON list; empty if it does not exist. */
const readList = async (s3, Bucket, Key) => {
  const stored = await s3.send(new GetObjectCommand({ Bucket, Key })).catch((error) => {
    if (error.name === 'NoSuchKey') return undefined;
    throw error;
  });
  return stored ? JSON.parse(await stored.Body.transformToString()) : [];
};

/** S3 on a laptop has no policies. */
const withoutPolicy = async (s3, Bucket) => {
  await s3.send(new DeleteBucketPolicyCommand({ Bucket })).catch((error) => {
    if (!['NoSuchBucket', 'NotImplemented'].includes(error.name)) throw error;
  });
};

const manifests = (root) =>
  readdirSync(join(root, 'rules'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ dataset: name, path: join(root, 'rules', name, 'manifest.json') }))
    .filter(({ path }) => existsSync(path));

/**
 * Puts what CloudFormation cannot put: Glue scripts before the stack is updated, manifests after it. If a stage keeps no data,
 * its buckets are emptied before the stack is removed.
 */
module.exports = class PublishFiles {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.aws = serverless.getProvider('aws');
    this.log = log;
    this.hooks = {
      'before:deploy:deploy': () => this.requireScripts(),
      'after:aws:deploy:deploy:uploadArtifacts': () => this.putScripts(),
      'after:deploy:deploy': () => this.putManifests(),
      'before:remove:remove': () => this.emptyBuckets(),
      'after:remove:remove': () => this.tellWhatStays(),
    };
  }

  requireScripts() {
    const missing = glue.missingScripts(this.serverless.service.provider.compiledCloudFormationTemplate);
    if (missing.length === 0) return;
    throw new this.serverless.classes.Error(
      `Glue jobs of this stack run ${missing.join(' and ')}, which glue/ does not have: nothing was deployed`,
      'GLUE_SCRIPT_MISSING',
    );
  }

  async putScripts() {
    const bucket = await this.aws.getServerlessDeploymentBucketName();
    for (const name of glue.scripts())
      await this.put(bucket, `${this.serverless.service.custom.glueScripts}/${name}`, glue.script(name));
  }

  async putManifests() {
    const bucket = await this.bucket('lake');
    for (const { dataset, path } of manifests(this.serverless.serviceDir)) {
      const manifest = readFileSync(path);
      await this.noteManifest(bucket, `runs/deployed/${dataset}.json`, manifest);
      await this.put(bucket, `data/${dataset}/manifest.json`, manifest);
    }
  }

  /**
   * Functions must not run the SQL of one deployment under the manifest of another: the list says which manifests belong to
   * this one.
   */
  async noteManifest(bucket, key, manifest) {
    const s3 = await this.s3();
    const known = await readList(s3, bucket, key);
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    if (!known.includes(sha256)) await putChanged(s3, bucket, key, JSON.stringify([...known, sha256]));
  }

  async emptyBuckets() {
    if (this.keepsData()) return;
    const s3 = await this.s3();
    for (const role of ['lake', 'logs']) {
      const bucket = await this.bucket(role);
      // Without its policy S3 delivers no more access logs, and the bucket stays empty until it is deleted.
      if (role === 'logs') await withoutPolicy(s3, bucket);
      await empty(s3, bucket);
      this.log.notice(`emptied s3://${bucket}`);
    }
  }

  async tellWhatStays() {
    if (!this.keepsData()) return;
    const { name } = this.serverless.service.custom;
    const account = await this.aws.getAccountId();
    this.log.notice(
      [
        `This stage keeps its data. What is left, and costs money until somebody deletes it:`,
        `  buckets ${name}-lake-${account} and ${name}-logs-${account}`,
        `  tables ${name}-ledger and ${name}-kpis`,
        `  the warehouse ${name}, the secret ${name}/shop-api, and the key that encrypts all of them`,
        `A new deployment of the stage needs these names: delete or import them first (docs/deploy.md).`,
      ].join('\n'),
    );
  }

  keepsData() {
    return this.serverless.service.custom.keep !== 'Delete';
  }

  async put(bucket, key, body) {
    if (await putChanged(await this.s3(), bucket, key, body)) this.log.notice(`put s3://${bucket}/${key}`);
  }

  async bucket(role) {
    return `${this.serverless.service.custom.name}-${role}-${await this.aws.getAccountId()}`;
  }

  async s3() {
    return new S3Client(await this.aws.getAwsSdkV3Config());
  }
};
