// SPDX-License-Identifier: EPL-2.0
// How long Yjs itself takes for what a fresh peer does with a room of items: apply an update each, and read the JSON.
// Arguments: the node_modules with yjs, a gzipped file with one JSON object a line.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gunzipSync } from 'node:zlib'

const [modules, file] = process.argv.slice(2)
const Y = createRequire(modules + '/')('yjs')

const shared = value => {
  if (Array.isArray(value)) {
    const array = new Y.Array()
    array.push(value.map(shared))
    return array
  }
  if (value !== null && typeof value === 'object') {
    const map = new Y.Map()
    for (const [key, member] of Object.entries(value)) map.set(key, shared(member))
    return map
  }
  return value
}

const items = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n').map(line => JSON.parse(line))
const updates = items.map(item => {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (const [key, member] of Object.entries(item)) doc.getMap('content').set(key, shared(member))
  })
  return Y.encodeStateAsUpdate(doc)
})
const begin = performance.now()
let members = 0
for (const update of updates) {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  members += Object.keys(doc.getMap('content').toJSON()).length
}
const took = performance.now() - begin
if (members !== items.reduce((sum, item) => sum + Object.keys(item).length, 0)) throw new Error('not the same')
console.log(`${items.length} ${took.toFixed(0)}`)
