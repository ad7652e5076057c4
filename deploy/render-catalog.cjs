const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

/** Renders the catalog that is included in every bundle, for Redshift, before packaging. */
module.exports = class RenderCatalog {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => this.render(),
      'before:deploy:function:packageFunction': () => this.render(),
    };
  }

  render() {
    const cwd = this.serverless.serviceDir;
    const command = ['--import', 'tsx', join('deploy', 'render', 'render.ts')];
    const { status, stderr } = spawnSync(process.execPath, command, { cwd, encoding: 'utf8' });
    if (status === 0) return;
    throw new this.serverless.classes.Error(
      `The catalog cannot be rendered:\n${stderr}`,
      'CATALOG_NOT_RENDERED',
    );
  }
};
