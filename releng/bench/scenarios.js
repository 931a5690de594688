// SPDX-License-Identifier: EPL-2.0
// The known scenarios B1 to B3 of crdt-benchmarks, on Yjs of the same script, in GraalJS and on Node. B4 replays a
// recorded editing session that is not ours to ship. Appended to replica.js: see ./crdt.
replica = { ...replica, scenario: (() => {
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
    'B3.4 many insert into a list': n => crowd(n, (doc, client) => doc.getArray('a').insert(0, ['c' + client]))
  }
  return (name, count) => name === '' ? [Object.keys(all).join('\n')] : [all[name](count)]
})() }
