// SPDX-License-Identifier: EPL-2.0
// What a web page does to be in a room: the real Yjs and the real y-webrtc, nothing else.
import { Doc } from 'yjs'
import { WebrtcProvider } from 'y-webrtc'

const doc = new Doc()
const items = doc.getMap('items')
let provider

globalThis.room = {
  join (name, signaling, password) {
    provider = new WebrtcProvider(name, doc, { signaling, password })
    provider.awareness.setLocalStateField('user', { name })
  },
  put: (key, value) => items.set(key, value),
  remove: key => items.delete(key),
  items: () => JSON.stringify(Object.fromEntries(Object.entries(items.toJSON()).sort())),
  here: () => provider.awareness.getStates().size,
  peers: () => provider.room?.webrtcConns.size ?? 0
}
