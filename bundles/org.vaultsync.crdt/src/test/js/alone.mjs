// SPDX-License-Identifier: EPL-2.0
// Loads the script alone on Node, where the packages that it was made of are too, and checks that it has all of them.
// Argument: the script.
import assert from 'node:assert'
import { readFileSync } from 'node:fs'
import vm from 'node:vm'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as awareness from 'y-protocols/awareness'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'

// two of them in one place is what Yjs warns of, and what is wanted here
delete globalThis['__ $YJS$ __']
vm.runInThisContext(readFileSync(process.argv[2], 'utf8'))
const script = vm.runInThisContext('replica')

for (const [name, original] of Object.entries({
  Y,
  lib0encoding: encoding,
  lib0decoding: decoding,
  syncProtocol: sync,
  awarenessProtocol: awareness
})) {
  const missing = Object.keys(original).filter(key => typeof script[name][key] !== typeof original[key])
  assert.deepStrictEqual(missing, [], name)
}

// one document by the script, the other by the package
const doc = new script.Y.Doc()
const other = new Y.Doc()
doc.getText('t').insert(0, 'alone')
doc.getMap('m').set('k', [1, { a: null }])
Y.applyUpdate(other, script.Y.encodeStateAsUpdate(doc))
other.getText('t')
other.getMap('m')
assert.deepStrictEqual(other.toJSON(), { t: 'alone', m: { k: [1, { a: null }] } })
assert.deepStrictEqual(Y.encodeStateAsUpdate(other), script.Y.encodeStateAsUpdate(doc))
console.log(Object.keys(script.Y).length + ' exports of Yjs')
