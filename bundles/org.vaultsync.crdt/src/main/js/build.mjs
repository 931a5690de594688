// SPDX-License-Identifier: EPL-2.0
// Bundles replica.js with Yjs, lib0 and y-protocols into lib/replica.js, and lab.js for tests. Run it in the folder of
// the bundle. It fetches the packages first where those that are there are not those of the lock file.
import { spawnSync } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'

const text = path => readFile(path, 'utf8').catch(() => null)
const installed = 'node_modules/.vaultsync-lock.json'
if (await text('package-lock.json') !== await text(installed)) {
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
    stdio: 'inherit'
  })
  if (npm.status !== 0) {
    throw new Error('npm could not fetch the packages of package-lock.json: ' + (npm.error ?? 'see above'))
  }
  await copyFile('package-lock.json', installed)
}
const { build } = await import('esbuild')

// lib0 copies the bytes of a text one by one; copying them at once gives the same bytes in less than half the time
// on an interpreter. The text is looked for exactly, so that a new lib0 is noticed.
const byteByByte = `    for (let i = 0; i < written; i++) {
      write(encoder, _strBuffer[i])
    }
`
const atOnce = '    writeUint8Array(encoder, _strBuffer.subarray(0, written))\n'

const copyTextsAtOnce = {
  name: 'copy texts at once',
  setup (esbuild) {
    esbuild.onLoad({ filter: /lib0[\\/]encoding\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      if (source.split(byteByByte).length !== 2) {
        throw new Error('lib0/encoding.js has changed: look at writeVarString again')
      }
      return { contents: source.replace(byteByByte, () => atOnce), loader: 'js' }
    })
  }
}

// What browsers and Node have, and an engine alone has not. Yjs warns now and then, and there is nobody to read it. It takes
// names for documents and clients that nobody has named; they are to differ, and no secret.
const platform = `globalThis.console ??= { log () {}, warn () {}, error () {} };
globalThis.crypto ??= { getRandomValues: array => (array.forEach((_, i) => { array[i] = Math.random() * 2 ** 32 }), array) };
`

const script = (from, to, needs = '') => build({
  entryPoints: [from],
  outfile: to,
  bundle: true,
  format: 'iife',
  globalName: 'replica',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  charset: 'utf8',
  banner: { js: platform + needs },
  legalComments: 'inline',
  logLevel: 'warning',
  plugins: [copyTextsAtOnce]
})

await script('src/main/js/replica.js', 'lib/replica.js')
// the same with what tests need
// Yjs's own test helper, which is in it, times itself
await script('src/test/js/lab.js', 'target/lab.js',
  ' globalThis.performance ??= { now: () => 0, mark () {}, measure () {} };')
