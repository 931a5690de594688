// SPDX-License-Identifier: EPL-2.0
// Yjs's own test helper drives random writes on several peers over connections that it cuts and delays, and compares
// the peers in the end. The same file runs in GraalJS and on Node.
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
    users[0].get('xml', Y.XmlElement).toString()
  ])
  return [Y.encodeStateAsUpdate(users[0]), Y.encodeStateAsUpdateV2(users[0]), json, prng.uint32(gen, 0, 0xffffffff)]
}

const KEYS = ['one', 'two', 'drei', 'vier']
const WORDS = ['a', 'word', 'größe', '😀', '漢字', 'line\n']

/** What an element of an array or a value of a map can be; containers bring content along. */
const value = gen => {
  switch (prng.uint32(gen, 0, 8)) {
    case 0: return prng.uint32(gen, 0, 1000)
    case 1: return prng.real53(gen)
    case 2: return null
    case 3: return { name: prng.oneOf(gen, WORDS), list: [1, { deep: true }] }
    case 4: return prng.uint8Array(gen, 4)
    case 5: return Y.Array.from([prng.uint32(gen, 0, 9), 'x'])
    case 6: return new Y.Map([['a', 1], ['b', prng.word(gen)]])
    case 7: return new Y.Text(prng.word(gen))
    default: return prng.oneOf(gen, WORDS)
  }
}

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
    if (list.length > 0) {
      inside(list.get(prng.uint32(gen, 0, list.length - 1)), gen)
    }
  }
]

const map = [
  (doc, gen) => mapOf(doc).set(prng.oneOf(gen, KEYS), value(gen)),
  (doc, gen) => mapOf(doc).set(prng.oneOf(gen, KEYS), value(gen)),
  (doc, gen) => mapOf(doc).delete(prng.oneOf(gen, KEYS)),
  (doc, gen) => inside(mapOf(doc).get(prng.oneOf(gen, KEYS)), gen),
  (doc, gen) => doc.transact(() => {
    mapOf(doc).set('one', value(gen))
    mapOf(doc).set('two', value(gen))
    mapOf(doc).delete('one')
  }),
  (doc, gen) => prng.uint32(gen, 0, 50) === 0 && mapOf(doc).clear()
]

/** A write in a container that is itself an element or a value. */
const inside = (container, gen) => {
  if (container instanceof Y.Text) {
    container.insert(prng.uint32(gen, 0, container.length), prng.oneOf(gen, WORDS))
  } else if (container instanceof Y.Array) {
    container.insert(prng.uint32(gen, 0, container.length), [value(gen)])
    if (prng.bool(gen)) {
      container.delete(...part(gen, container.length, 2))
    }
  } else if (container instanceof Y.Map) {
    container.set(prng.oneOf(gen, KEYS), value(gen))
  }
}

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

const xml = [
  (doc, gen) => {
    const parent = someElement(xmlOf(doc), gen)
    const child = prng.bool(gen) ? new Y.XmlElement(prng.oneOf(gen, ['p', 'li', 'h1'])) : new Y.XmlText(prng.word(gen))
    parent.insert(prng.uint32(gen, 0, parent.length), [child])
  },
  (doc, gen) => someElement(xmlOf(doc), gen).setAttribute(prng.oneOf(gen, KEYS), prng.word(gen)),
  (doc, gen) => someElement(xmlOf(doc), gen).removeAttribute(prng.oneOf(gen, KEYS)),
  (doc, gen) => {
    const parent = someElement(xmlOf(doc), gen)
    if (parent.length > 0) {
      parent.delete(...part(gen, parent.length, 2))
    }
  },
  (doc, gen) => {
    const parent = someElement(xmlOf(doc), gen)
    const child = parent.length > 0 ? parent.get(prng.uint32(gen, 0, parent.length - 1)) : null
    if (child instanceof Y.XmlText) {
      child.insert(prng.uint32(gen, 0, child.length), prng.oneOf(gen, WORDS), prng.oneOf(gen, MARKS))
    }
  }
]

const someElement = (element, gen) => {
  const children = element.toArray().filter(child => child instanceof Y.XmlElement)
  return children.length > 0 && prng.bool(gen) ? someElement(prng.oneOf(gen, children), gen) : element
}

/** Peers that change what they hold and tell nobody. */
const broken = [...array, (doc, gen) => {
  const first = arrayOf(doc)._start
  if (first !== null && first.content.arr !== undefined) {
    first.content.arr[0] = prng.real53(gen)
  }
}]

const KINDS = { broken, array, map, text, xml, all: [...array, ...map, ...text, ...xml] }
