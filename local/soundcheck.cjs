#!/usr/bin/env node
// Where the command was before. npx keeps its link to a package’s command for as long as the package’s folder keeps its path:
// without this file, a checkout that has run an earlier version answers "soundcheck: not found".
require('../cli/soundcheck.cjs');
