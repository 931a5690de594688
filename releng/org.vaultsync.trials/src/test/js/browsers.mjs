// SPDX-License-Identifier: EPL-2.0
// Real browsers with the real y-webrtc find each other at a signaling server: the command that starts one is given,
// with PORT where the port stands. Run it in a network of its own, after packages.mjs, which needs one that leads
// outside. It prints a line for each thing that was seen to work.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const { build } = await import('esbuild')
const { chromium } = await import('playwright-core')

const [address, ...command] = process.argv.slice(2)
const PORT = '4444'
const PATIENCE = 60_000
const signaling = [`ws://${address}:${PORT}`]
const folder = await mkdtemp(join(tmpdir(), 'vaultsync-browsers-'))
const closing = []

const startServer = async () => {
  const server = spawn(command[0], command.slice(1).map(word => word === 'PORT' ? PORT : word), {
    env: { ...process.env, PORT },
    stdio: ['ignore', 'ignore', 'inherit']
  })
  for (const end = Date.now() + PATIENCE; ; await pause(50)) {
    const answer = await fetch(`http://${address}:${PORT}`).catch(() => null)
    if (answer?.ok) {
      return server
    }
    assert(Date.now() < end && server.exitCode === null, 'the server does not start')
  }
}

const stopServer = async server => {
  if (server.exitCode !== null || server.signalCode !== null) {
    return
  }
  const ended = once(server, 'exit')
  server.kill()
  await ended
}

const { outputFiles: [script] } = await build({
  entryPoints: ['src/test/js/page.js'], bundle: true, format: 'iife', write: false, logLevel: 'warning'
})
const pages = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>y-webrtc</title><script>${script.text.replaceAll('</script', '<\\/script')}</script>`)
})
pages.listen(0, '127.0.0.1')
await once(pages, 'listening')

const begun = Date.now()
const seen = what => console.log(`seen after ${Math.round((Date.now() - begun) / 1000)} s: ${what}`)

let browsers = 0
const openBrowser = async () => {
  const context = await chromium.launchPersistentContext(join(folder, `browser-${++browsers}`), {
    executablePath: '/usr/bin/chromium',
    timeout: PATIENCE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-features=WebRtcHideLocalIpsWithMdns']
  })
  closing.push(() => context.close())
  context.setDefaultTimeout(PATIENCE)
  const page = context.pages()[0] ?? await context.newPage()
  await page.goto(`http://127.0.0.1:${pages.address().port}`)
  return page
}

const enter = (page, name, password) =>
  page.evaluate(([name, signaling, password]) => globalThis.room.join(name, signaling, password), [name, signaling, password])
const put = (page, key, value) => page.evaluate(([key, value]) => globalThis.room.put(key, value), [key, value])
const sorted = items => JSON.stringify(Object.fromEntries(Object.entries(items).sort()))
const shows = (page, items) =>
  page.waitForFunction(items => globalThis.room.items() === items, sorted(items), { timeout: PATIENCE, polling: 50 })
const here = (page, number) =>
  page.waitForFunction(number => globalThis.room.here() === number, number, { timeout: PATIENCE, polling: 50 })

try {
  let server = await startServer()
  closing.push(() => stopServer(server))
  const [anna, ben, carla] = [await openBrowser(), await openBrowser(), await openBrowser()]

  await enter(anna, 'ABCDEF', null)
  await put(anna, 'locust', { tonnage: 20 })
  await enter(ben, 'ABCDEF', null)
  await shows(ben, { locust: { tonnage: 20 } })
  await put(ben, 'locust', { tonnage: 25 })
  await put(ben, 'wasp', 1)
  await shows(anna, { locust: { tonnage: 25 }, wasp: 1 })
  await anna.evaluate(() => globalThis.room.remove('wasp'))
  await shows(ben, { locust: { tonnage: 25 } })
  seen('create, edit and delete both ways')

  await enter(carla, 'ABCDEF', null)
  await Promise.all([anna, ben, carla].map(page => here(page, 3)))
  await Promise.all([put(anna, 'a', 1), put(ben, 'b', 2), put(carla, 'c', 3)])
  const all = { a: 1, b: 2, c: 3, locust: { tonnage: 25 } }
  await Promise.all([anna, ben, carla].map(page => shows(page, all)))
  seen('three browsers, presence, edits at the same time')

  await ben.reload()
  await enter(ben, 'ABCDEF', null)
  await shows(ben, all)
  seen('a browser reloads')

  await stopServer(server)
  await put(carla, 'd', 4)
  await shows(anna, { ...all, d: 4 })
  server = await startServer()
  const dora = await openBrowser()
  await enter(dora, 'ABCDEF', null)
  await shows(dora, { ...all, d: 4 })
  seen('the server restarts, and who comes then finds those who were there')

  for (const page of [anna, ben, carla]) {
    await page.reload()
  }
  await enter(anna, 'GHJKLM', 'right')
  await enter(carla, 'GHJKLM', 'wrong')
  await put(anna, 'secret', 1)
  await enter(ben, 'GHJKLM', 'right')
  await shows(ben, { secret: 1 })
  assert.equal(await carla.evaluate(() => globalThis.room.items()), '{}')
  assert.equal(await carla.evaluate(() => globalThis.room.peers()), 0)
  seen('a password lets in, a wrong one does not')
} finally {
  for (const close of closing.reverse()) {
    await close()
  }
  pages.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
