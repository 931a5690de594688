// SPDX-License-Identifier: EPL-2.0
// A real browser with the real y-webrtc that does as it is told: a line for each call, the name of a function of page.js
// and its arguments with tabs between, and a line with what it returned.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const { build } = await import('esbuild')
const { chromium } = await import('playwright-core')

const folder = await mkdtemp(join(tmpdir(), 'vaultsync-browser-'))
const { outputFiles: [script] } = await build({
  entryPoints: ['src/test/js/page.js'], bundle: true, format: 'iife', write: false, logLevel: 'warning'
})
const pages = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>y-webrtc</title><script>${script.text.replaceAll('</script', '<\\/script')}</script>`)
})
pages.listen(0, '127.0.0.1')
await once(pages, 'listening')
const context = await chromium.launchPersistentContext(folder, {
  executablePath: '/usr/bin/chromium',
  timeout: 60_000,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-features=WebRtcHideLocalIpsWithMdns']
})
try {
  const page = context.pages()[0] ?? await context.newPage()
  await page.goto(`http://127.0.0.1:${pages.address().port}`)
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, ...words] = line.split('\t')
    const answer = await page.evaluate(([what, words]) => globalThis.room[what](...words), [what, words])
    console.log(`= ${answer ?? ''}`)
  }
} finally {
  await context.close()
  pages.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
