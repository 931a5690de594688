// SPDX-License-Identifier: EPL-2.0
// Yjs's own test helper drives random writes on several peers over connections that it cuts and delays, and compares
// the peers in the end, down to how their structs are cut. The same file runs in GraalJS and on Node. Of two things that
// Yjs, on Node too, has not the same on all peers, neither happens here: somebody writes between the halves of a
// surrogate pair; and in a container that somebody else deletes, of which the garbage is then cut differently.
import * as prng from 'lib0/prng'
import * as Y from 'yjs'
import { applyRandomTests } from 'yjs/testHelper'

/** Throws where the peers differ; gives what the first of them ended with, as bytes and as JSON, and a number that follows the whole course. */
export const conformance = (kind, seed, iterations) => {
  const gen = prng.create(seed)
  const { users } = applyRandomTests({ prng: gen }, KINDS[kind], iterations, null)
  const json = JSON.stringify([
    users[0].getArray('array').toJSON(),
    users[0].getMap('map').toJSON(),
    users[0].getText('text').toDelta(),
    users[0].get('xml', Y.XmlElement).toString(),
    users[0].getArray('nested').toJSON(),
    users[0].get('tree', Y.XmlElement).toString()
  ])
  return [Y.encodeStateAsUpdate(users[0]), Y.encodeStateAsUpdateV2(users[0]), json, prng.uint32(gen, 0, 0xffffffff)]
}

const KEYS = ['one', 'two', 'drei', 'vier']
const WORDS = ['a', 'word', 'größe', '漢字', 'line\n']

const plain = gen => {
  switch (prng.uint32(gen, 0, 5)) {
    case 0: return prng.uint32(gen, 0, 1000)
    case 1: return prng.real53(gen)
    case 2: return null
    case 3: return { name: prng.oneOf(gen, WORDS), list: [1, { deep: true }] }
    case 4: return prng.uint8Array(gen, 4)
    default: return prng.oneOf(gen, WORDS) + '😀'
  }
}

/** Brings content along. */
const container = gen => {
  switch (prng.uint32(gen, 0, 2)) {
    case 0: return Y.Array.from([prng.uint32(gen, 0, 9), 'x'])
    case 1: return new Y.Map([['a', 1], ['b', prng.word(gen)]])
    default: return new Y.Text(prng.word(gen))
  }
}

/** What an element of an array or a value of a map can be. */
const value = gen => prng.uint32(gen, 0, 2) === 0 ? container(gen) : plain(gen)

const part = (gen, length, longest) => {
  const at = prng.uint32(gen, 0, length - 1)
  return [at, Math.min(length - at, prng.uint32(gen, 1, longest))]
}

const arrayOf = doc => doc.getArray('array')
const mapOf = doc => doc.getMap('map')
const textOf = doc => doc.getText('text')
const xmlOf = doc => doc.get('xml', Y.XmlElement)

const array = [
  (doc, gen) => {
    const list = arrayOf(doc)
    const values = Array.from({ length: prng.uint32(gen, 1, 4) }, () => value(gen))
    list.insert(prng.uint32(gen, 0, list.length), values)
  },
  (doc, gen) => arrayOf(doc).push([value(gen)]),
  (doc, gen) => {
    const list = arrayOf(doc)
    if (list.length > 0) {
      list.delete(...part(gen, list.length, 3))
    }
  },
  (doc, gen) => {
    const list = arrayOf(doc)
    const inner = list.length > 0 ? list.get(prng.uint32(gen, 0, list.length - 1)) : null
    if (inner instanceof Y.Array && inner.length > 0) {
      inner.delete(...part(gen, inner.length, 2))
    }
  }
]

const map = [
  (doc, gen) => mapOf(doc).set(prng.oneOf(gen, KEYS), value(gen)),
  (doc, gen) => mapOf(doc).set(prng.oneOf(gen, KEYS), value(gen)),
  (doc, gen) => mapOf(doc).delete(prng.oneOf(gen, KEYS)),
  (doc, gen) => doc.transact(() => {
    mapOf(doc).set('one', value(gen))
    mapOf(doc).set('two', value(gen))
    mapOf(doc).delete('one')
  }),
  (doc, gen) => prng.uint32(gen, 0, 50) === 0 && mapOf(doc).clear()
]

const nestedOf = doc => doc.getArray('nested')

/** Everybody writes in containers that stay. */
const nested = [
  (doc, gen) => nestedOf(doc).insert(prng.uint32(gen, 0, nestedOf(doc).length), [container(gen)]),
  ...[1, 2, 3].map(() => (doc, gen) => {
    const list = nestedOf(doc)
    const inner = list.length > 0 ? list.get(prng.uint32(gen, 0, list.length - 1)) : null
    if (inner instanceof Y.Text) {
      inner.insert(prng.uint32(gen, 0, inner.length), prng.oneOf(gen, WORDS))
    } else if (inner instanceof Y.Array) {
      inner.insert(prng.uint32(gen, 0, inner.length), [plain(gen)])
      if (prng.bool(gen)) {
        inner.delete(...part(gen, inner.length, 2))
      }
    } else if (inner instanceof Y.Map) {
      inner.set(prng.oneOf(gen, KEYS), plain(gen))
    }
  })
]

const MARKS = [{ bold: true }, { bold: null }, { italic: true, colour: '#888' }, { italic: null }]

const text = [
  (doc, gen) => textOf(doc).insert(prng.uint32(gen, 0, textOf(doc).length), prng.oneOf(gen, WORDS)),
  (doc, gen) => textOf(doc).insert(prng.uint32(gen, 0, textOf(doc).length), prng.word(gen, 1, 20), prng.oneOf(gen, MARKS)),
  (doc, gen) => textOf(doc).insertEmbed(prng.uint32(gen, 0, textOf(doc).length), { image: prng.word(gen) }),
  (doc, gen) => textOf(doc).length > 0 && textOf(doc).format(...part(gen, textOf(doc).length, 5), prng.oneOf(gen, MARKS)),
  (doc, gen) => textOf(doc).length > 0 && textOf(doc).delete(...part(gen, textOf(doc).length, 5)),
  (doc, gen) => {
    const words = textOf(doc)
    const delta = [{ insert: prng.oneOf(gen, WORDS), attributes: prng.oneOf(gen, MARKS) }]
    if (words.length > 1) {
      const [at, count] = part(gen, words.length, 4)
      delta.push({ delete: count })
      if (at > 0) {
        delta.unshift({ retain: at, attributes: prng.oneOf(gen, MARKS) })
      }
    }
    words.applyDelta(delta)
  }
]

const element = gen => {
  const made = new Y.XmlElement(prng.oneOf(gen, ['p', 'li', 'h1']))
  made.insert(0, [new Y.XmlText(prng.word(gen)), new Y.XmlElement('br')])
  return made
}

const xml = [
  (doc, gen) => xmlOf(doc).insert(
    prng.uint32(gen, 0, xmlOf(doc).length),
    [prng.bool(gen) ? element(gen) : new Y.XmlText(prng.word(gen))]
  ),
  (doc, gen) => xmlOf(doc).setAttribute(prng.oneOf(gen, KEYS), prng.word(gen)),
  (doc, gen) => xmlOf(doc).removeAttribute(prng.oneOf(gen, KEYS)),
  (doc, gen) => {
    if (xmlOf(doc).length > 0) {
      xmlOf(doc).delete(...part(gen, xmlOf(doc).length, 2))
    }
  }
]

const treeOf = doc => doc.get('tree', Y.XmlElement)

/** Everybody writes anywhere in a tree in which nothing is deleted. */
const tree = [
  (doc, gen) => {
    const parent = someElement(treeOf(doc), gen)
    const child = prng.bool(gen) ? element(gen) : new Y.XmlText(prng.word(gen))
    parent.insert(prng.uint32(gen, 0, parent.length), [child])
  },
  (doc, gen) => someElement(treeOf(doc), gen).setAttribute(prng.oneOf(gen, KEYS), prng.word(gen)),
  (doc, gen) => someElement(treeOf(doc), gen).removeAttribute(prng.oneOf(gen, KEYS)),
  (doc, gen) => {
    const parent = someElement(treeOf(doc), gen)
    const child = parent.length > 0 ? parent.get(prng.uint32(gen, 0, parent.length - 1)) : null
    if (child instanceof Y.XmlText) {
      child.insert(prng.uint32(gen, 0, child.length), prng.oneOf(gen, WORDS), prng.oneOf(gen, MARKS))
    }
  }
]

const someElement = (from, gen) => {
  const children = from.toArray().filter(child => child instanceof Y.XmlElement)
  return children.length > 0 && prng.bool(gen) ? someElement(prng.oneOf(gen, children), gen) : from
}

/** Peers that change what they hold and tell nobody. */
const broken = [...array, (doc, gen) => {
  for (let item = arrayOf(doc)._start; item !== null; item = item.right) {
    if (!item.deleted && item.content.arr !== undefined) {
      item.content.arr[0] = prng.real53(gen)
    }
  }
}]

const KINDS = {
  broken,
  array,
  map,
  text,
  xml,
  nested: [...nested, ...tree],
  all: [...array, ...map, ...text, ...xml, ...nested, ...tree]
}
