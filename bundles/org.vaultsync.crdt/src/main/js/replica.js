// SPDX-License-Identifier: EPL-2.0
// What Java calls. A few coarse functions; bytes as Uint8Array, everything else as numbers and texts.
//
// A value in a document is laid out thus: objects are Y.Map, arrays Y.Array, long texts of several lines Y.Text, the
// rest is itself. In roots that are not nested a member is one plain value. Java writes what JavaScript cannot hold as
// an object with one member: {"$num": "…"} a number beyond a double, {"$utf16": "…"} a text with half a surrogate
// pair, four hexadecimal digits a unit. Member names that begin with $ get one $ more, so neither can be mistaken;
// so do those that JavaScript gives a meaning; "$~" and hexadecimal digits is a name with half a pair.
// {"$text": "…"} stands only in what Java gives here to be written: a text that is to merge, however short.
import * as Y from 'yjs'
import * as encoding from 'lib0/encoding'

export { Y }
export * as lib0encoding from 'lib0/encoding'
export * as lib0decoding from 'lib0/decoding'
export * as awarenessProtocol from 'y-protocols/awareness'
export * as syncProtocol from 'y-protocols/sync'

const TEXT_LENGTH = 256
// members of a root whose JSON is kept; an open room with many items would be held twice
const MOST_TEXTS = 500
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/

const replicas = new Map()
let lastHandle = 0

class Replica {
  constructor (roots, nested) {
    this.doc = new Y.Doc()
    this.clientId = this.doc.clientID
    this.nested = nested
    this.roots = roots
    this.texts = new Map()
    for (const root of roots) {
      this.doc.getMap(root)
    }
    this.doc.on('afterTransaction', transaction =>
      eachMember(transaction, (root, key) => this.texts.get(root)?.delete(key)))
  }

  /** The JSON of a root. Most edits change one member of many: the texts of the others are kept. */
  jsonOf (root) {
    const map = this.doc.getMap(root)
    if (map._map.size > MOST_TEXTS) {
      return jsonOf(map)
    }
    let texts = this.texts.get(root)
    if (texts === undefined) {
      this.texts.set(root, texts = new Map())
    }
    const members = []
    map._map.forEach((item, key) => {
      if (!item.deleted) {
        let text = texts.get(key)
        if (text === undefined) {
          texts.set(key, text = jsonOfItem(item, alwaysVisible))
        }
        members.push([key, text])
      }
    })
    return objectOf(members)
  }
}

const replicaOf = handle => {
  const found = replicas.get(handle)
  if (found === undefined) {
    throw new Error('no such replica')
  }
  return found
}

/** Opens a replica; gives its handle and everything in it that is deleted. */
export const open = (roots, nested, clientId, update) => {
  const replica = new Replica(roots.split(' '), nested)
  const deleted = new Deletes()
  if (update.length > 0) {
    Y.applyUpdate(replica.doc, update)
    checkWhole(replica.doc)
    deleted.add(Y.createDeleteSetFromStructStore(replica.doc.store))
  }
  // only now: Yjs takes a new id when stored writes come in under the present one
  replica.clientId = replica.doc.clientID = clientId
  replicas.set(++lastHandle, replica)
  return [lastHandle, deleted.encode()]
}

export const close = handle => {
  const replica = replicas.get(handle)
  if (replica !== undefined) {
    replicas.delete(handle)
    replica.doc.destroy()
  }
  return []
}

/** For tests: a replica that is closed must not be held here. */
export const countOpen = () => replicas.size

const checkWhole = doc => {
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
    throw new Error('an update rests on what is not there')
  }
}

/** The deletes of several transactions. */
class Deletes {
  constructor () {
    this.clients = new Map()
  }

  add (deleteSet) {
    deleteSet.clients.forEach((ranges, client) => {
      let list = this.clients.get(client)
      if (list === undefined) {
        this.clients.set(client, list = [])
      }
      for (const range of ranges) {
        list.push(range)
      }
    })
  }

  /** A write that came in where everything around it is gone: no delete is named for it. */
  addStruct (struct) {
    this.add({ clients: new Map([[struct.id.client, [{ clock: struct.id.clock, len: struct.length }]]]) })
  }

  encode () {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, this.clients.size)
    this.clients.forEach((ranges, client) => {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, ranges.length)
      for (const range of ranges) {
        encoding.writeVarUint(encoder, range.clock)
        encoding.writeVarUint(encoder, range.len)
      }
    })
    return encoding.toUint8Array(encoder)
  }
}

// JSON out of a document

export const json = (handle, path) => {
  const replica = replicaOf(handle)
  const steps = JSON.parse(path)
  if (steps.length === 0) {
    return ['{' + replica.roots.map(root => JSON.stringify(root) + ':' + replica.jsonOf(root)).join(',') + '}']
  }
  if (!replica.roots.includes(steps[0])) {
    return [null]
  }
  const value = valueAt(replica, steps)
  return [value === undefined ? null : jsonOf(value)]
}

const valueAt = ({ doc }, [root, ...steps]) => {
  let value = doc.getMap(root)
  for (let i = 0; i < steps.length && value !== undefined; i++) {
    value = memberOf(value, steps[i])
  }
  return value
}

const memberOf = (value, step) => {
  if (value instanceof Y.Map) {
    return value.get(step)
  }
  if (value instanceof Y.Array) {
    return value.get(Number(step))
  }
  if (value !== null && typeof value === 'object' && Object.hasOwn(value, step)) {
    return value[step]
  }
  return undefined
}

const alwaysVisible = item => !item.deleted

/** The JSON of any value in a document. */
export const jsonOf = (value, visible = alwaysVisible) => {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return String(value)
    case 'object':
      break
    default:
      return 'null'
  }
  if (value === null) {
    return 'null'
  }
  if (value instanceof Y.Map) {
    const members = []
    value._map.forEach((item, key) => {
      if (visible(item)) {
        members.push([key, jsonOfItem(item, visible)])
      }
    })
    return objectOf(members)
  }
  if (value instanceof Y.Array) {
    const elements = []
    for (let item = value._start; item !== null; item = item.right) {
      if (item.countable && visible(item)) {
        if (item.content instanceof Y.ContentType) {
          elements.push(jsonOf(item.content.type, visible))
        } else {
          for (const element of item.content.getContent()) {
            elements.push(jsonOf(element, visible))
          }
        }
      }
    }
    return '[' + elements.join(',') + ']'
  }
  if (value instanceof Y.Text) {
    let text = ''
    for (let item = value._start; item !== null; item = item.right) {
      if (item.countable && visible(item)) {
        text += lettersOf(item)
      }
    }
    return JSON.stringify(text)
  }
  if (value instanceof Y.AbstractType) {
    return JSON.stringify(String(value.toJSON()))
  }
  if (value instanceof Uint8Array) {
    return '[' + Array.from(value).join(',') + ']'
  }
  if (Array.isArray(value)) {
    return '[' + value.map(element => jsonOf(element, visible)).join(',') + ']'
  }
  const keys = Object.keys(value)
  if (keys.length === 1) {
    const word = value[keys[0]]
    if (keys[0] === '$num' && typeof word === 'string' && word.length <= 1000 && NUMBER.test(word)) {
      return word
    }
    if (keys[0] === '$utf16' && typeof word === 'string') {
      return JSON.stringify(fromUnits(word))
    }
  }
  return objectOf(keys.map(key => [key, jsonOf(value[key], visible)]))
}

/** What is no letter takes a place too, and offsets count it. */
const lettersOf = item =>
  item.content instanceof Y.ContentString ? item.content.str : '\ufffc'.repeat(item.length)

const jsonOfItem = (item, visible) =>
  item.content instanceof Y.ContentType
    ? jsonOf(item.content.type, visible)
    : jsonOf(item.content.getContent()[item.length - 1], visible)

const byKey = (a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0

const objectOf = members => {
  members.sort(byKey)
  return '{' + members.map(([key, text]) => JSON.stringify(nameOf(key)) + ':' + text).join(',') + '}'
}

const nameOf = key => {
  if (key.charCodeAt(0) !== 36) {
    return key
  }
  if (key.startsWith('$~')) {
    return fromUnits(key.slice(2))
  }
  return key.startsWith('$$') || key === '$__proto__' ? key.slice(1) : key
}

const fromUnits = digits => {
  let text = ''
  for (let i = 0; i + 4 <= digits.length; i += 4) {
    text += String.fromCharCode(parseInt(digits.slice(i, i + 4), 16))
  }
  return text
}

// JSON into a document

const isText = value => Object.hasOwn(value, '$text')

/** Where there is a plain value, what is written into it is plain too. */
const plain = value => {
  if (value === null || typeof value !== 'object') {
    return value
  }
  if (Array.isArray(value)) {
    return value.map(plain)
  }
  return isText(value)
    ? value.$text
    : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
}

const shaped = value => {
  if (typeof value === 'string') {
    return value.length >= TEXT_LENGTH && value.includes('\n') ? new Y.Text(value) : value
  }
  if (value === null || typeof value !== 'object') {
    return value
  }
  if (Array.isArray(value)) {
    const array = new Y.Array()
    if (value.length > 0) {
      array.push(value.map(shaped))
    }
    return array
  }
  const keys = Object.keys(value)
  if (keys.length === 1 && (keys[0] === '$num' || keys[0] === '$utf16')) {
    return value
  }
  if (isText(value)) {
    return new Y.Text(value.$text)
  }
  const map = new Y.Map()
  for (const key of keys) {
    map.set(key, shaped(value[key]))
  }
  return map
}

/**
 * Writes changes in one transaction and gives the update. A change is one of
 *   ['set', path, value]             the last step is a member of a map, or an element of an array
 *   ['cut', path]                    a member of a map
 *   ['text', path, splices, value]   splices [at, count, text] from behind, or the value where it is no Y.Text
 *   ['list', path, splices]          splices [at, count, values] from behind
 */
export const write = (handle, changesJson) => {
  const { doc, nested } = replicaOf(handle)
  const lay = nested ? shaped : value => value
  const changes = JSON.parse(changesJson)
  const update = updateOf(doc, () => doc.transact(() => {
    for (const change of changes) {
      let container = doc.getMap(change[1][0])
      const path = change[1]
      let step = 1
      while (step < path.length - 1 && container.get(path[step]) instanceof Y.AbstractType) {
        container = container.get(path[step++])
      }
      writeAt(container, path.slice(step), change, lay)
    }
  }))
  return [update]
}

/** The update that an action made; empty where it made none. */
const updateOf = (doc, act) => {
  const updates = []
  const take = bytes => updates.push(bytes)
  doc.on('update', take)
  try {
    act()
  } finally {
    doc.off('update', take)
  }
  // more than one where Yjs tidied up behind the change
  return updates.length === 0 ? new Uint8Array(0) : Y.mergeUpdates(updates)
}

const writeAt = (container, path, [what, , detail, value], lay) => {
  const last = path[0]
  if (path.length > 1) {
    // somebody else's plain value: written as a whole
    replace(container, last, changed(container.get(last), path.slice(1), what, plain(detail), value))
    return
  }
  const present = container.get(last)
  switch (what) {
    case 'set':
      replace(container, last, lay(detail))
      break
    case 'cut':
      container.delete(last)
      break
    case 'text':
      if (present instanceof Y.Text) {
        for (const [at, count, words] of detail) {
          if (count > 0) {
            present.delete(at, count)
          }
          if (words.length > 0) {
            present.insert(at, words)
          }
        }
      } else {
        // a plain text stays plain
        replace(container, last, value)
      }
      break
    case 'list':
      if (present instanceof Y.Array) {
        for (const [at, count, values] of detail) {
          if (count > 0) {
            present.delete(at, count)
          }
          if (values.length > 0) {
            present.insert(at, values.map(lay))
          }
        }
      } else {
        replace(container, last, spliced(present, plain(detail)))
      }
      break
    default:
      throw new Error('no such change')
  }
}

/** A plain value with one change in it. */
const changed = (value, path, what, detail, text) => {
  const copy = Array.isArray(value) ? value.slice() : Object.assign({}, value)
  if (path.length > 1) {
    copy[path[0]] = changed(copy[path[0]], path.slice(1), what, detail, text)
  } else if (what === 'cut') {
    delete copy[path[0]]
  } else {
    copy[path[0]] = what === 'set' ? detail : what === 'text' ? text : spliced(copy[path[0]], detail)
  }
  return copy
}

const spliced = (list, splices) => {
  const copy = list.slice()
  for (const [at, count, values] of splices) {
    copy.splice(at, count, ...values)
  }
  return copy
}

const replace = (container, last, value) => {
  if (container instanceof Y.Array) {
    container.delete(last, 1)
    container.insert(last, [value])
  } else {
    container.set(last, value)
  }
}

// Updates into a document

/**
 * Applies an update. Gives the deletes that happened; as JSON the changed members of the roots, the concurrent writes of
 * one key that met, and what was deleted while somebody wrote in it; and which new writes came in where everything around
 * them is gone.
 */
export const apply = (handle, update) => {
  const { doc, clientId } = replicaOf(handle)
  const deleted = new Deletes()
  const buried = new Deletes()
  const members = new Map()
  const meetings = new Meetings()
  const losses = new Losses(update, buried)
  const observe = transaction => {
    deleted.add(transaction.deleteSet)
    noteMembers(transaction, members)
    eachNewStruct(transaction, struct => {
      if (struct instanceof Y.GC) {
        deleted.addStruct(struct)
        buried.addStruct(struct)
      } else if (struct.parentSub !== null && struct.parent !== null && !followsTheLast(struct)) {
        meetings.find(struct, transaction)
      }
    })
    losses.find(transaction)
  }
  doc.on('afterTransaction', observe)
  try {
    Y.applyUpdate(doc, update)
  } finally {
    doc.off('afterTransaction', observe)
  }
  checkWhole(doc)
  // Yjs takes another id when writes come in under the present one; here they are our own, from before
  doc.clientID = clientId
  return [
    deleted.encode(),
    JSON.stringify(Array.from(members.values())),
    meetings.json(),
    losses.json(),
    buried.encode()
  ]
}

const eachNewStruct = (transaction, see) => {
  transaction.afterState.forEach((clock, client) => {
    const before = transaction.beforeState.get(client) || 0
    if (before !== clock) {
      const structs = transaction.doc.store.clients.get(client)
      for (let i = structs.length - 1; i >= 0 && structs[i].id.clock >= before; i--) {
        see(structs[i])
      }
    }
  })
}

const noteMembers = (transaction, members) => eachMember(transaction, (root, key) => {
  const name = nameOf(key)
  members.set(root + '/' + name, [root, name])
})

/** The members of roots in which something changed. */
const eachMember = (transaction, see) => {
  transaction.changed.forEach((keys, type) => {
    let item = type._item
    if (item === null) {
      const root = Y.findRootTypeKey(type)
      keys.forEach(key => key !== null && see(root, key))
      return
    }
    while (item.parent._item !== null) {
      item = item.parent._item
    }
    if (item.parentSub !== null) {
      see(Y.findRootTypeKey(item.parent), item.parentSub)
    }
  })
}

// Concurrent writes of one key
//
// The writes of a key are a list. A write that knew the one before has it as its origin and stands right after it;
// two writes with one origin did not know of each other. The list is a tree laid flat: a write is followed by the
// writes that rest on it. The rightmost stands in the document. Of two writes with one origin the left one lost, and
// what it lost is the last write that rests on it.

// bounds, so that nobody can make this take long: writes of one key, and meetings told at once
const MOST_WRITES = 2000
const MOST_SIBLINGS = 16
const MOST_MEETINGS = 500
const MOST_TOLD = 32 << 20 // characters of what is told at once, without the last

/** Whether it was written by someone who knew the last write of its key. */
const followsTheLast = item => item.right === null &&
  (item.left === null ? item.origin === null : item.origin !== null && Y.compareIDs(item.left.lastId, item.origin))

/** Finds who did not know of whom, for the new writes of one update. */
class Meetings {
  constructor () {
    this.found = new Map()
    this.told = 0
    this.lists = new Map()
  }

  json () {
    return '[' + Array.from(this.found.values()).join(',') + ']'
  }

  isFull () {
    return this.found.size >= MOST_MEETINGS || this.told >= MOST_TOLD
  }

  find (item, transaction) {
    if (this.isFull()) {
      return
    }
    const list = this.listOf(item)
    // climb from the write to what it rests on; wherever a sibling stands, two did not know of each other
    let write = list.places.get(idOf(item.id.client, item.id.clock))
    for (let steps = 0; write !== undefined && steps < MOST_WRITES; steps++) {
      const { origin } = list.writes[write]
      let told = 0
      for (const other of list.siblings.get(origin)) {
        if (other !== write && told++ < MOST_SIBLINGS) {
          this.tell(list.writes, Math.min(write, other), Math.max(write, other), transaction)
        }
      }
      write = list.places.get(origin)
    }
  }

  /** All writes of a key in list order, one for each clock; none where there are too many. */
  listOf (item) {
    let ofParent = this.lists.get(item.parent)
    if (ofParent === undefined) {
      this.lists.set(item.parent, ofParent = new Map())
    }
    let list = ofParent.get(item.parentSub)
    if (list === undefined) {
      ofParent.set(item.parentSub, list = readList(item))
    }
    return list
  }

  tell (writes, left, right, transaction) {
    const key = writes[left].id + ' ' + writes[right].id
    if (this.found.has(key) || this.isFull()) {
      return
    }
    const loser = lastOn(writes, left)
    const winner = writes[writes.length - 1]
    const text = JSON.stringify({
      a: [writes[left].client, writes[left].clock],
      b: [writes[right].client, writes[right].clock],
      loser: [loser.client, loser.clock],
      winner: [winner.client, winner.clock],
      path: pathOf(winner.item),
      losing: valueOf(loser, transaction),
      winning: valueOf(winner, transaction)
    })
    this.told += text.length
    this.found.set(key, text)
  }
}

const idOf = (client, clock) => client + ':' + clock

const readList = item => {
  const list = { writes: [], places: new Map(), siblings: new Map() }
  let first = item
  while (first.left !== null) {
    first = first.left
  }
  for (let at = first; at !== null; at = at.right) {
    const { client } = at.id
    let origin = at.origin === null ? '' : idOf(at.origin.client, at.origin.clock)
    for (let offset = 0; offset < at.length; offset++) {
      const clock = at.id.clock + offset
      const id = idOf(client, clock)
      const siblings = list.siblings.get(origin)
      if (siblings === undefined) {
        list.siblings.set(origin, [list.writes.length])
      } else {
        siblings.push(list.writes.length)
      }
      list.places.set(id, list.writes.length)
      list.writes.push({ id, origin, item: at, client, clock, offset })
      origin = id
      if (list.writes.length > MOST_WRITES) {
        return { writes: [], places: new Map(), siblings: new Map() }
      }
    }
  }
  return list
}

/** The last write that rests on the given one, by any way. */
const lastOn = (writes, index) => {
  const within = new Set([writes[index].id])
  let last = writes[index]
  for (let at = index + 1; at < writes.length && within.has(writes[at].origin); at++) {
    within.add(writes[at].id)
    last = writes[at]
  }
  return last
}

const valueOf = (write, transaction) => {
  const gone = item => item.deleted && !Y.isDeleted(transaction.deleteSet, item.id)
  const content = write.item.content
  if (gone(write.item) || content instanceof Y.ContentDeleted) {
    return null
  }
  return content instanceof Y.ContentType
    ? jsonOf(content.type, item => !gone(item) && !(item.content instanceof Y.ContentDeleted))
    : jsonOf(content.getContent()[write.offset])
}

// Writes inside of something that was deleted meanwhile
//
// Who deletes a container names everything in it that they know. What else goes with it was written by somebody who
// did not know of the delete, nor was known: only those who had it before the delete came can tell what it was.

/** Finds what was deleted while somebody else wrote in it, for the deletes of one update. */
class Losses {
  constructor (update, buried) {
    this.update = update
    this.buried = buried
    this.named = null
    this.found = new Map()
    this.told = 0
  }

  find (transaction) {
    Y.iterateDeletedStructs(transaction, transaction.deleteSet, struct => {
      if (struct instanceof Y.Item && struct.countable && !(struct.content instanceof Y.ContentDeleted) &&
          struct.parent._item !== null && struct.parent._item.deleted && !this.isNamed(struct)) {
        this.tell(struct, transaction)
      }
    })
  }

  /** Of a client that one has followed to somewhere, one knows all until there. */
  isNamed (struct) {
    this.named ??= Y.decodeUpdate(this.update).ds
    return Y.isDeleted(this.named, struct.lastId)
  }

  tell (write, transaction) {
    let gone = write.parent._item
    while (gone.parent._item !== null && gone.parent._item.deleted) {
      gone = gone.parent._item
    }
    if (!Y.isDeleted(transaction.deleteSet, gone.id)) {
      this.buried.addStruct(write)
      return
    }
    // what lost against another write of its key is told of as that
    const lost = !this.isNamed(gone)
    const key = idOf(gone.id.client, gone.id.clock) + ' ' + write.id.client
    const known = this.found.get(key)
    const last = write.id.clock + write.length - 1
    if (known !== undefined) {
      known.last = Math.max(known.last, last)
    } else if (!lost && this.found.size < MOST_MEETINGS && this.told < MOST_TOLD) {
      const stands = gone.parentSub === null ? undefined : gone.parent._map.get(gone.parentSub)
      const winner = stands === undefined || stands.deleted ? null : stands
      const text = JSON.stringify({
        gone: [gone.id.client, gone.id.clock],
        winner: winner === null ? null : [winner.lastId.client, winner.lastId.clock],
        path: pathOf(gone),
        losing: valueOf({ item: gone, offset: 0 }, transaction),
        winning: winner === null ? null : valueOf({ item: winner, offset: winner.length - 1 }, transaction)
      })
      this.told += text.length
      this.found.set(key, { text, client: write.id.client, last })
    }
  }

  json () {
    const texts = Array.from(this.found.values(), ({ text, client, last }) =>
      `{"loser":[${client},${last}],${text.slice(1)}`)
    return '[' + texts.join(',') + ']'
  }
}

const pathOf = item => {
  const path = []
  for (let at = item; at !== null; at = at.parent._item) {
    if (at.parentSub !== null) {
      path.unshift(nameOf(at.parentSub))
    } else {
      let index = 0
      for (let before = at.parent._start; before !== at; before = before.right) {
        if (!before.deleted && before.countable) {
          index += before.length
        }
      }
      path.unshift(String(index))
    }
    if (at.parent._item === null) {
      path.unshift(Y.findRootTypeKey(at.parent))
    }
  }
  return path
}

// Bytes out of a document

export const state = handle => [Y.encodeStateAsUpdate(replicaOf(handle).doc)]

/** Bytes of the host, copied into an array of our own. */
export const bytesFrom = (buffer, length) => {
  const bytes = new Uint8Array(length)
  bytes.set(new Uint8Array(new ArrayBuffer(buffer)))
  return bytes
}
