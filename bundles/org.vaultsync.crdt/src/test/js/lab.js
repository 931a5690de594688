// SPDX-License-Identifier: EPL-2.0
// What tests call besides the script itself: Yjs as the measure of the Java code, and random histories. The same file
// runs in GraalJS and on Node.
import * as prng from 'lib0/prng'
import * as Y from 'yjs'
import { countOpen, jsonOf } from '../../main/js/replica.js'

export * from '../../main/js/replica.js'
export * from './conformance.js'

export const merge = (...updates) => [Y.mergeUpdates(updates)]
export const diff = (update, stateVector) => [Y.diffUpdate(update, stateVector)]
export const stateVectorOf = update => [Y.encodeStateVectorFromUpdate(update)]

/** What a document makes of updates: its state, its state vector, its JSON, and whether something is missing. */
export const applied = (...updates) => {
  const doc = new Y.Doc()
  for (const update of updates) {
    Y.applyUpdate(doc, update)
  }
  const pending = doc.store.pendingStructs !== null || doc.store.pendingDs !== null
  const json = '{' + ROOTS.map(root => JSON.stringify(root) + ':' + jsonOf(doc.getMap(root))).join() + '}'
  return [Y.encodeStateAsUpdate(doc), Y.encodeStateVector(doc), json, pending ? 'pending' : 'whole']
}

const ROOTS = ['content', 'meta']

/**
 * Some peers write at random and hear of each other now and then. Gives the number of updates, the updates as they were
 * made, then the state of each peer when all have heard everything.
 */
export const history = (seed, peers, steps, formats) => {
  const gen = prng.create(seed)
  gen.formats = formats
  const docs = []
  const made = []
  const waiting = []
  for (let i = 0; i < peers; i++) {
    const doc = new Y.Doc()
    doc.clientID = 1 + prng.uint32(gen, 0, 0x7fffffff)
    for (const root of ROOTS) {
      doc.getMap(root)
    }
    waiting.push([])
    doc.on('update', (update, origin) => {
      if (origin !== 'remote') {
        made.push(update)
        waiting.forEach((queue, other) => other !== i && queue.push(update))
      }
    })
    docs.push(doc)
  }
  const hear = i => {
    for (const update of waiting[i].splice(0)) {
      Y.applyUpdate(docs[i], update, 'remote')
    }
  }
  for (let step = 0; step < steps; step++) {
    const i = prng.uint32(gen, 0, peers - 1)
    if (prng.bool(gen) && prng.bool(gen)) {
      hear(i)
    } else {
      docs[i].transact(() => {
        for (let n = prng.uint32(gen, 1, 3); n > 0; n--) {
          write(gen, docs[i].getMap(prng.oneOf(gen, ROOTS)), 0)
        }
      })
    }
  }
  // hearing can make Yjs write: it tidies formats
  while (waiting.some(queue => queue.length > 0)) {
    docs.forEach((_, i) => hear(i))
  }
  return [made.length, ...made, ...docs.map(doc => Y.encodeStateAsUpdate(doc))]
}

const KEYS = ['a', 'b', 'c', '', '__proto__', 'größe']

const write = (gen, container, depth) => {
  if (container instanceof Y.Map) {
    const key = prng.oneOf(gen, KEYS)
    const value = container.get(key)
    if (value instanceof Y.AbstractType && prng.uint32(gen, 0, 4) > 0) {
      write(gen, value, depth + 1)
    } else if (prng.uint32(gen, 0, 5) === 0) {
      container.delete(key)
    } else {
      container.set(key, random(gen, depth))
    }
  } else if (container instanceof Y.Array) {
    const at = prng.uint32(gen, 0, container.length)
    const value = at < container.length ? container.get(at) : undefined
    if (value instanceof Y.AbstractType && prng.bool(gen)) {
      write(gen, value, depth + 1)
    } else if (value !== undefined && prng.uint32(gen, 0, 2) === 0) {
      container.delete(at, Math.min(container.length - at, prng.uint32(gen, 1, 3)))
    } else {
      container.insert(at, Array.from({ length: prng.uint32(gen, 1, 3) }, () => random(gen, depth)))
    }
  } else {
    const at = wholePair(container, prng.uint32(gen, 0, container.length))
    if (container.length > at && prng.uint32(gen, 0, 2) === 0) {
      const end = wholePair(container, Math.min(container.length, at + prng.uint32(gen, 1, 5)))
      container.delete(at, end - at)
    } else if (gen.formats && prng.uint32(gen, 0, 9) === 0) {
      container.insertEmbed(at, { embed: prng.uint32(gen, 0, 9) })
    } else if (gen.formats && prng.uint32(gen, 0, 9) === 0 && container.length > at) {
      const length = wholePair(container, at + 1) === at ? 2 : 1
      container.format(at, length, { bold: prng.bool(gen) ? true : null })
    } else {
      container.insert(at, prng.oneOf(gen, ['ab', '😀', 'größe', '漢字', 'hello\n']))
    }
  }
}

/** The offset in a text, or that of the surrogate pair around it: what Yjs makes of one that is cut depends on what came when. */
const wholePair = (text, at) => {
  const units = text.toDelta().map(op => typeof op.insert === 'string' ? op.insert : '\ufffc').join('')
  return /[\ud800-\udbff]/.test(units.charAt(at - 1)) && /[\udc00-\udfff]/.test(units.charAt(at)) ? at - 1 : at
}

const random = (gen, depth) => {
  switch (prng.uint32(gen, 0, depth > 3 ? 6 : 10)) {
    case 0: return null
    case 1: return prng.bool(gen)
    case 2: return prng.int32(gen, -1000, 1000)
    case 3: return prng.real53(gen)
    case 4: return prng.utf16String(gen, 10)
    case 5: return { plain: [prng.int53(gen, -9007199254740991, 9007199254740991), 'x', undefined, { y: -0 }] }
    case 6: return prng.uint8Array(gen, 5)
    case 7: return new Y.Text(prng.word(gen, 1, 20))
    case 8: return Y.Array.from([prng.uint32(gen, 0, 9), null])
    default: return new Y.Map([['a', 1], ['b', 'c']])
  }
}

// What a script could try

export const globals = () => [Object.getOwnPropertyNames(globalThis).join(' ')]
export const evaluate = code => [String((0, eval)(code))]
/** Which ways out of the sandbox worked, of those that a script could try. */
export const escapes = () => {
  const made = []
  const attempt = (name, act) => {
    try {
      const got = act()
      if (got !== undefined && got !== null) {
        made.push(name)
      }
    } catch (e) {
      // refused
    }
  }
  const constructors = {
    Function: Function,
    'constructor of a function': (() => {}).constructor,
    GeneratorFunction: (function * () {}).constructor,
    AsyncFunction: (async () => {}).constructor,
    AsyncGeneratorFunction: (async function * () {}).constructor
  }
  for (const [name, make] of Object.entries(constructors)) {
    attempt(name, () => make('return 1'))
    attempt('new ' + name, () => Reflect.construct(make, ['return 1']))
  }
  attempt('eval', () => eval('1'))
  attempt('eval, indirect', () => (0, globalThis.eval)('1'))
  for (const name of ['Java', 'Packages', 'java', 'javax', 'Polyglot', 'Graal', 'load', 'loadWithNewGlobal', 'print',
    'printErr', 'quit', 'exit', 'read', 'readFully', 'readline', 'readbuffer', 'require', 'process', 'importScripts',
    'fetch', 'XMLHttpRequest', 'WebSocket', 'Worker', 'setTimeout', 'setInterval', 'queueMicrotask', 'WebAssembly',
    'ShadowRealm', 'SharedArrayBuffer', 'Atomics', 'java.lang.System', 'JavaImporter', 'Debug', 'Test262']) {
    attempt(name, () => globalThis[name])
  }
  return [made.join(', ')]
}
export const kindOfBuffer = bytes => [bytes instanceof Uint8Array ? typeof bytes : 'strange']
export const spin = () => {
  for (;;) {
    globals()
  }
}

/** A document of ten fields after so many writes of one of them. */
export const overwrites = (count, inTurn, seed) => {
  const gen = prng.create(seed)
  const doc = new Y.Doc()
  doc.clientID = 0xfedcba98
  const content = doc.getMap('content')
  for (let i = 0; i < count; i++) {
    content.set('field' + (inTurn ? i % 10 : prng.uint32(gen, 0, 9)), i)
  }
  return [Y.encodeStateAsUpdate(doc)]
}

export const openReplicas = () => [countOpen()]

export const numberText = value => [jsonOf(value)]

/** Whether what stands at a path of the document is a text that merges. */
export const merges = (update, ...path) => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  const [root, ...steps] = path
  const value = steps.reduce((at, step) => at.get(at instanceof Y.Array ? Number(step) : step), doc.getMap(root))
  return [String(value instanceof Y.Text)]
}
