// SPDX-License-Identifier: EPL-2.0
// The known scenarios B1 to B4 of crdt-benchmarks, on Yjs of the same script, in GraalJS and on Node. B4 there replays the
// recorded writing of a paper, which is not ours to ship; here a session is made up that is as long for each write of the
// size as that one is for 6,000, and of the same mix: seven letters put in for three taken out, mostly where the last one was.
// Before them, what is done with many items, by the functions that Java calls. Appended to replica.js: see ./crdt.
replica = { ...replica, ...(() => {
  const { open, write, json, apply, close } = replica
  const openItem = (client, state = new Uint8Array(0)) => open('attachments content meta refs', true, client, state)
  const closing = (handle, result) => {
    close(handle)
    return [result]
  }
  return {
    openItem,
    createItem: (client, item) => {
      const [handle] = openItem(client)
      const changes = Object.entries(JSON.parse(item)).map(([key, value]) => ['set', ['content', key], value])
      return closing(handle, write(handle, JSON.stringify(changes))[0])
    },
    readItem: state => {
      const [handle] = openItem(1, state)
      return closing(handle, json(handle, '[]')[0].length)
    },
    applyItem: state => {
      const [handle] = openItem(1)
      apply(handle, state)
      return closing(handle, state.length)
    }
  }
})(), scenario: (() => {
  const { Y } = replica

  /** The same numbers everywhere. */
  const numbers = seed => {
    let state = seed
    return below => {
      state = (state * 1664525 + 1013904223) % 4294967296
      return Math.floor(state / 4294967296 * below)
    }
  }
  const word = next => Array.from({ length: 2 + next(8) }, () => String.fromCharCode(97 + next(26))).join('')

  /** So many writes, each an update of its own that another document takes. */
  const alone = (count, write) => {
    const [doc, other] = [new Y.Doc(), new Y.Doc()]
    doc.clientID = 1
    const next = numbers(1)
    doc.on('update', update => Y.applyUpdate(other, update))
    for (let i = 0; i < count; i++) {
      write(doc, next, i)
    }
    return Y.encodeStateAsUpdate(other)
  }

  /** Two start from one text, write without knowing of each other, and exchange everything. */
  const apart = (count, write) => {
    const docs = [1, 2].map(client => {
      const doc = new Y.Doc()
      doc.clientID = client
      return doc
    })
    docs[0].getText('t').insert(0, 'x'.repeat(100))
    Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]))
    const updates = docs.map((doc, i) => {
      const made = []
      doc.on('update', update => made.push(update))
      const next = numbers(i + 1)
      for (let n = 0; n < count; n++) {
        write(doc, next)
      }
      return made.slice()
    })
    updates[0].forEach(update => Y.applyUpdate(docs[1], update))
    updates[1].forEach(update => Y.applyUpdate(docs[0], update))
    return Y.encodeStateAsUpdate(docs[0])
  }

  /** Many write once each without knowing of each other. */
  const crowd = (count, write) => {
    const updates = []
    for (let client = 1; client <= 20 * Math.floor(Math.sqrt(count)); client++) {
      const doc = new Y.Doc()
      doc.clientID = client
      write(doc, client)
      updates.push(Y.encodeStateAsUpdate(doc))
    }
    const all = new Y.Doc()
    updates.forEach(update => Y.applyUpdate(all, update))
    return Y.encodeStateAsUpdate(all)
  }

  /** What somebody does who writes for long: [at, letters taken out, letter put in]. */
  const session = count => {
    const next = numbers(4)
    const edits = []
    let length = 0
    let caret = 0
    let burst = 0
    let erases = false
    for (let i = 0; i < count; i++) {
      if (burst-- === 0) {
        burst = 1 + next(40)
        erases = next(10) < 3
        // mostly goes on, now and then close by, seldom anywhere
        const where = next(20)
        caret = where === 0 ? next(length + 1) : where < 4 ? Math.max(0, Math.min(length, caret + next(60) - 30)) : caret
      }
      if (erases && caret > 0) {
        edits.push([--caret, 1, ''])
        length--
      } else {
        edits.push([caret++, 0, next(6) === 0 ? ' ' : String.fromCharCode(97 + next(26))])
        length++
      }
    }
    return edits
  }

  /** Once for all turns, of which the middle one counts. */
  let made = { count: 0, edits: [], state: null }
  const madeSession = count => {
    if (made.count !== count) {
      const edits = session(count)
      made = { count, edits, state: written(edits, () => {}) }
    }
    return made
  }
  const written = (edits, tell) => {
    const doc = new Y.Doc()
    doc.clientID = 1
    doc.on('update', tell)
    for (const [at, taken, put] of edits) {
      if (taken > 0) {
        text(doc).delete(at, taken)
      } else {
        text(doc).insert(at, put)
      }
    }
    return Y.encodeStateAsUpdate(doc)
  }
  const loaded = state => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, state)
    return Y.encodeStateAsUpdate(doc)
  }

  const text = doc => doc.getText('t')
  const list = doc => doc.getArray('a')
  const replaceSome = (doc, next) => {
    const at = next(text(doc).length + 1)
    if (next(2) === 0 || text(doc).length < at + 5) {
      text(doc).insert(at, word(next))
    } else {
      text(doc).delete(at, 1 + next(5))
    }
  }
  const all = {
    'B1.1 append characters': n => alone(n, (doc, next, i) => text(doc).insert(i, 'c')),
    'B1.2 insert a text': n => alone(1, doc => text(doc).insert(0, 'c'.repeat(n))),
    'B1.3 prepend characters': n => alone(n, doc => text(doc).insert(0, 'c')),
    'B1.4 insert characters anywhere': n => alone(n, (doc, next, i) => text(doc).insert(next(i + 1), 'c')),
    'B1.5 insert words anywhere': n => alone(n, (doc, next) => text(doc).insert(next(text(doc).length + 1), word(next))),
    'B1.6 insert a text, delete it': n => alone(2, (doc, next, i) => i === 0 ? text(doc).insert(0, 'c'.repeat(n)) : text(doc).delete(0, n)),
    'B1.7 insert and delete anywhere': n => alone(n, replaceSome),
    'B1.8 append numbers': n => alone(n, (doc, next, i) => list(doc).insert(i, [next(1e9)])),
    'B1.9 insert a list of numbers': n => alone(1, (doc, next) => list(doc).insert(0, Array.from({ length: n }, () => next(1e9)))),
    'B1.10 prepend numbers': n => alone(n, (doc, next) => list(doc).insert(0, [next(1e9)])),
    'B1.11 insert numbers anywhere': n => alone(n, (doc, next, i) => list(doc).insert(next(i + 1), [next(1e9)])),
    'B2.1 two insert a text at one place': n => apart(1, doc => text(doc).insert(0, 'c'.repeat(n))),
    'B2.2 two insert characters anywhere': n => apart(n, (doc, next) => text(doc).insert(next(text(doc).length + 1), 'c')),
    'B2.3 two insert words anywhere': n => apart(n, (doc, next) => text(doc).insert(next(text(doc).length + 1), word(next))),
    'B2.4 two insert and delete anywhere': n => apart(n, replaceSome),
    'B3.1 many set a number': n => crowd(n, (doc, client) => doc.getMap('m').set('k', client)),
    'B3.2 many set an object': n => crowd(n, (doc, client) => doc.getMap('m').set('k', { name: client, address: 'here' })),
    'B3.3 many set a text': n => crowd(n, (doc, client) => doc.getMap('m').set('k', 'c'.repeat(client))),
    'B3.4 many insert into a list': n => crowd(n, (doc, client) => doc.getArray('a').insert(0, ['c' + client])),
    'B4.1 write a long session': n => written(madeSession(43 * n).edits, () => {}),
    'B4.2 open its document': n => loaded(madeSession(43 * n).state)
  }
  return (name, count) => name === '' ? [Object.keys(all).join('\n')] : [all[name](count)]
})() }
