// SPDX-License-Identifier: EPL-2.0
// Real browsers with the real y-webrtc that do as they are told: a line for each call, with the name of who does it, the name
// of a function of its page and its arguments, with tabs between, and a line with what it returned. Each has a browser of its
// own, as far as pages can tell, with page.js in it, or what `open` names. `glare` in place of a name starts a signaling server
// that makes the first two in it offer to each other at once, and `offers` says how many offers passed there. With
// HIDDEN_ADDRESSES in the environment they put names in place of their addresses, as browsers do for people.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const { build } = await import('esbuild')
const { chromium } = await import('playwright-core')
const { WebSocketServer } = await import('ws')

const scripts = new Map()
for (const name of ['page', 'vault-app']) {
  const { outputFiles: [script] } = await build({
    entryPoints: [`src/test/js/${name}.js`], bundle: true, format: 'iife', write: false, logLevel: 'warning'
  })
  scripts.set(`/${name}`, script.text.replaceAll('</script', '<\\/script'))
}
const pages = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>y-webrtc</title><script>${scripts.get(request.url) ?? ''}</script>`)
})
pages.listen(0, '127.0.0.1')
await once(pages, 'listening')
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  timeout: 60_000,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
    ...process.env.HIDDEN_ADDRESSES ? [] : ['--disable-features=WebRtcHideLocalIpsWithMdns']]
})

const everybody = new Map()
const open = async name => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`http://127.0.0.1:${pages.address().port}/${name}`)
  return page
}

let glare
let offers = 0
const startGlare = async (host, port) => {
  const inside = new Set()
  const held = { announce: [], offer: [] }
  const pass = message => inside.forEach(socket => socket.send(message))
  // What is not held back goes on at once, unless it would overtake an offer.
  const hold = (kind, from, message) => {
    held[kind].push({ from, message })
    if (new Set(held[kind].map(one => one.from)).size === 2) {
      held[kind].splice(0).forEach(one => pass(one.message))
      delete held[kind]
    }
  }
  glare = new WebSocketServer({ host, port })
  glare.on('connection', socket => {
    socket.on('close', () => inside.delete(socket))
    socket.on('message', data => {
      const message = JSON.parse(data)
      if (message.type === 'subscribe') {
        inside.add(socket)
      } else if (message.type === 'ping') {
        socket.send(JSON.stringify({ type: 'pong' }))
      } else if (message.type === 'publish') {
        const { type, from, signal } = message.data
        offers += signal?.type === 'offer' ? 1 : 0
        if (type === 'announce' && held.announce) {
          hold('announce', from, data.toString())
        } else if (type === 'signal' && held.offer && signal.type === 'offer') {
          hold('offer', from, data.toString())
        } else if (type === 'signal' && held.offer) {
          held.offer.push({ from, message: data.toString() })
        } else {
          pass(data.toString())
        }
      }
    })
  })
  await once(glare, 'listening')
}

const obey = async (who, what, ...words) => {
  if (who === 'glare') {
    return startGlare(what, Number(words[0]))
  }
  if (who === 'offers') {
    return offers
  }
  if (!everybody.has(who)) {
    everybody.set(who, await open(what === 'open' ? words[0] : 'page'))
  }
  if (what === 'open') {
    return ''
  }
  const page = everybody.get(who)
  return what === 'reload'
    ? page.reload().then(() => '')
    : page.evaluate(([what, words]) => globalThis.room[what](...words), [what, words])
}

try {
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(`= ${await obey(...line.split('\t')) ?? ''}`)
  }
} finally {
  await browser.close()
  glare?.close()
  glare?.clients.forEach(socket => socket.terminate())
  pages.close()
}
