// SPDX-License-Identifier: EPL-2.0
// What a web page does to be in a room: the real Yjs and the real y-webrtc, nothing else.
import { Doc } from 'yjs'
import { WebrtcProvider } from 'y-webrtc'

const doc = new Doc()
const items = doc.getMap('items')
const vault = doc.getMap('vault-items') // as the MekStation web app has them: each item one plain value
let provider

const change = (name, how) => {
  for (const item of [...vault.values()].filter(item => item.name === name)) {
    how(item)
  }
}

globalThis.room = {
  join (name, signaling, password) {
    provider = new WebrtcProvider(name, doc, { signaling: [signaling].flat(), password })
    provider.awareness.setLocalStateField('user', { name })
  },
  put: (key, value) => items.set(key, value),
  remove: key => items.delete(key),
  items: () => JSON.stringify(Object.fromEntries(Object.entries(items.toJSON()).sort())),
  names: () => [...vault.values()].map(item => item.name).sort().join('|'),
  count: () => vault.size,
  rename: (from, to) => change(from, item => vault.set(item.id, { ...item, name: to })),
  copy: (from, to) => change(from, item => vault.set(`copy-of-${item.id}`, { ...item, id: `copy-of-${item.id}`, name: to })),
  erase: name => change(name, item => vault.delete(item.id)),
  here: () => provider.awareness.getStates().size,
  peers: () => provider.room?.webrtcConns.size ?? 0
}
