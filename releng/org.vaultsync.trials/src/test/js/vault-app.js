// SPDX-License-Identifier: EPL-2.0
// A web app as MekStation is: a store of its own that its views show, and what of it is shared in the root map
// `vault-items` of a room, each item as one plain value. It looks at the map once y-webrtc says that it is synced, and
// keeps the document for the next time that the page is opened.
import { Doc, applyUpdate, encodeStateAsUpdate } from 'yjs'
import { WebrtcProvider } from 'y-webrtc'

const doc = new Doc()
const map = doc.getMap('vault-items')
let store = {}
let provider
let observing = false

const keep = () => localStorage.setItem('document', JSON.stringify(Array.from(encodeStateAsUpdate(doc))))
const kept = localStorage.getItem('document')
if (kept !== null) {
  applyUpdate(doc, Uint8Array.from(JSON.parse(kept)))
}
doc.on('update', keep)

const read = () => {
  const own = Object.entries(store).filter(([, item]) => !item.syncEnabled)
  store = { ...Object.fromEntries(own), ...Object.fromEntries(map.entries()) }
}

const share = item => doc.transact(() => map.set(item.id, { ...item, lastModifiedBy: String(provider.awareness.clientID) }))
const unshare = id => doc.transact(() => map.delete(id))

const change = (id, members) => {
  const item = { ...store[id], ...members, lastModified: Date.now(), syncState: 'pending' }
  store = { ...store, [id]: item }
  if (item.syncEnabled) {
    share(item)
  }
}

const called = name => Object.values(store).find(item => item.name === name)
const kind = value => value === undefined ? 'nothing' : typeof value

globalThis.room = {
  join (code, signaling, name) {
    provider = new WebrtcProvider(code, doc, { signaling: [signaling], maxConns: 20 })
    provider.on('synced', () => {
      if (!observing) {
        observing = true
        map.observe(read)
        provider.awareness.setLocalStateField('user', { name })
      }
      read()
    })
  },
  add (id, type, name, data) {
    store[id] = {
      id, type, name, data: JSON.parse(data), syncEnabled: true, syncState: 'pending', lastModified: Date.now()
    }
    share(store[id])
  },
  /** The whole item again, with another name. */
  rename: (from, to) => change(called(from).id, { name: to }),
  /** The whole item again, with another member in what it holds. */
  set (name, key, value) {
    const item = called(name)
    change(item.id, { data: { ...item.data, [key]: JSON.parse(value) } })
  },
  mark: (name, key, value) => change(called(name).id, { [key]: JSON.parse(value) }),
  remove (name) {
    const { id } = called(name)
    delete store[id]
    unshare(id)
  },
  /** Shared no longer, but kept here. */
  stop (name) {
    const item = called(name)
    store = { ...store, [item.id]: { ...item, syncEnabled: false, syncState: 'disabled', lastModified: Date.now() } }
    unshare(item.id)
  },
  /** A copy under an id of its own, as an import makes it, shared at once. Some of its members are undefined. */
  copy (name, to) {
    const id = `unit-${Date.now()}`
    store[id] = { ...called(name), id, name: to, lastSynced: undefined, lastModifiedBy: undefined }
    change(id, { syncEnabled: true })
  },
  names: () => Object.values(store).map(item => item.name).sort().join('|'),
  get: (name, key) => JSON.stringify(called(name)?.data[key]),
  member: (name, key) => JSON.stringify(called(name)?.[key]),
  /** Which members an item in the room has, and of which kind. */
  members (name) {
    const item = map.get(called(name)?.id)
    return item === undefined ? '' : Object.keys(item).sort().map(key => `${key}:${kind(item[key])}`).join(' ')
  },
  writer (name) {
    const by = Number(called(name)?.lastModifiedBy)
    return provider.awareness.getStates().get(by)?.user.name ?? `nobody who is here: ${by}`
  },
  here: () => provider.awareness.getStates().size
}
