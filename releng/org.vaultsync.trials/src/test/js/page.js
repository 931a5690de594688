// SPDX-License-Identifier: EPL-2.0
// What a web page does to be in a room: the real Yjs and the real y-webrtc, nothing else.
import { Doc, Map as YMap } from 'yjs'
import { WebrtcProvider } from 'y-webrtc'

const doc = new Doc()
const items = doc.getMap('items') // as Vault Sync has them: each item maps in maps
const vault = doc.getMap('vault-items') // as the MekStation web app has them: each item one plain value
let provider
let met = 0

const change = (name, how) => {
  for (const item of [...vault.values()].filter(item => item.name === name)) {
    how(item)
  }
}

const content = id => items.get(id).get('content')
const map = value => new YMap(Object.entries(value))
const sorted = value => value === null || typeof value !== 'object'
  ? value
  : Array.isArray(value)
    ? value.map(sorted)
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, member]) => [key, sorted(member)]))
const hash = async text => [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))]
  .map(byte => byte.toString(16).padStart(2, '0')).join('')

globalThis.room = {
  // At most that many others are looked for, if a number is given. Ends when the servers have heard who came: of two pages
  // that announce themselves at once each may take the other's offer, and y-webrtc never sees that they are not linked.
  async join (name, signaling, password, most) {
    provider = new WebrtcProvider(name, doc, { signaling: [signaling].flat(), password, ...most && { maxConns: Number(most) } })
    provider.awareness.setLocalStateField('user', { name })
    provider.on('peers', ({ added }) => { met += added.length })
    await provider.key
    await Promise.all(provider.signalingConns.map(server =>
      server.connected || new Promise(resolve => server.once('connect', resolve))))
  },
  leave: () => provider.destroy(),
  put: (key, value) => items.set(key, value),
  remove: key => items.delete(key),
  items: () => JSON.stringify(Object.fromEntries(Object.entries(items.toJSON()).sort())),
  names: () => [...vault.values()].map(item => item.name).sort().join('|'),
  count: () => vault.size,
  rename: (from, to) => change(from, item => vault.set(item.id, { ...item, name: to })),
  copy: (from, to) => change(from, item => vault.set(`copy-of-${item.id}`, { ...item, id: `copy-of-${item.id}`, name: to })),
  erase: name => change(name, item => vault.delete(item.id)),
  make: (id, name, json) => items.set(id, map({ content: map(JSON.parse(json)), meta: map({ type: 'unit', name }) })),
  drop: id => items.delete(id),
  title: (id, name) => items.get(id).get('meta').set('name', name),
  titles: () => [...items.values()].map(item => item.get('meta').get('name')).sort().join('|'),
  set: (id, key, json) => content(id).set(key, JSON.parse(json)),
  get: (id, key) => JSON.stringify(content(id)?.toJSON()[key]),
  write: (id, text) => content(id).get('notes').insert(0, text),
  add: (id, text) => content(id).get('quirks').push([text]),
  size: () => items.size,
  digests: async () => (await Promise.all(Object.entries(items.toJSON())
    .map(async ([id, item]) => `${id} ${await hash(JSON.stringify(sorted(item.content)))} ${item.meta.name}`))).sort().join('|'),
  here: () => provider.awareness.getStates().size,
  met: () => met,
  peers: () => provider.room?.webrtcConns.size ?? 0
}
