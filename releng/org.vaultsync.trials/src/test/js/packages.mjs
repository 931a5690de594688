// SPDX-License-Identifier: EPL-2.0
// Fetches the packages of the lock file where those that are there are others. Run it in the folder of the bundle.
import { spawnSync } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'

const text = path => readFile(path, 'utf8').catch(() => null)
const installed = 'node_modules/.vaultsync-lock.json'
if (await text('package-lock.json') !== await text(installed)) {
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
    stdio: ['ignore', 'inherit', 'inherit']
  })
  if (npm.status !== 0) {
    throw new Error('npm could not fetch the packages of package-lock.json: ' + (npm.error ?? 'see above'))
  }
  await copyFile('package-lock.json', installed)
}
